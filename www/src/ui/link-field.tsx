/** A link to be given to others: seen whole, copied, or sent with whatever this device sends with. */

import { s } from '../strings'
import { CopyButton } from './copy'

interface Props {
  url: string
  /** What the link is, and what copying it is called. */
  label: string
  copy: string
  main?: boolean
}

export function LinkField({ url, label, copy, main = false }: Props) {
  return (
    <>
      <input class="field mono" readOnly aria-label={label} value={url} onFocus={event => event.currentTarget.select()} dir="ltr" />
      <div class="actions">
        <CopyButton text={url} label={copy} main={main} />
        {'share' in navigator && (
          <button type="button" class="button" onClick={() => void navigator.share({ url }).catch(() => {})}>
            {s.common.send}
          </button>
        )}
      </div>
    </>
  )
}
