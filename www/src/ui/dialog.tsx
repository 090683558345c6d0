/** A modal dialog with a title and a close button. */

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { s } from '../strings'
import { Icon } from './icon'

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Otherwise the first button gets the focus.
    heading.current?.focus()
    // Closed while it is still there, so that the focus returns to where it was: an effect would end too late for that.
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
    >
      <div class="pad stack">
        <header class="row">
          <h2 class="grow" id={id} tabIndex={-1} ref={heading}>
            {title}
          </h2>
          <button type="button" class="icon-button" aria-label={s.common.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
