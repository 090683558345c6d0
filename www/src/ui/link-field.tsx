/** A link with buttons to copy it and to send it with the device's share menu. */

import type { ComponentChildren } from 'preact'
import { s } from '../strings'
import { CopyButton } from './copy'

interface Props {
  url: string
  /** The accessible name of the link, and the text of the copy button. */
  label: string
  copy: string
  main?: boolean
  onCopied?: () => void
  /** More buttons, if any. The link is below the buttons then. */
  children?: ComponentChildren
}

export function LinkField({ url, label, copy, main = false, onCopied, children }: Props) {
  const field = (
    <input class="field mono" readOnly aria-label={label} value={url} onFocus={event => event.currentTarget.select()} dir="ltr" />
  )
  return (
    <>
      {children === undefined && field}
      <div class="actions">
        <CopyButton text={url} label={copy} main={main} onCopied={onCopied} />
        {'share' in navigator && (
          <button type="button" class="button" onClick={() => void navigator.share({ url }).catch(() => {})}>
            {s.common.send}
          </button>
        )}
        {children}
      </div>
      {children !== undefined && field}
    </>
  )
}
