/** A modal dialog with a title and a close button. */

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { openDialogs } from '../state/notices'
import { s } from '../strings'
import { Icon } from './icon'
import { Notices } from './notices'

interface Props {
  title: string
  onClose: () => void
  /** Another class beside that of every dialog. */
  kind?: string
  children: ComponentChildren
}

export function Dialog({ title, onClose, kind, children }: Props) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    openDialogs.value += 1
    // Otherwise the first button gets the focus.
    heading.current?.focus()
    return () => {
      openDialogs.value -= 1
      // Closed while it is still there, so that the focus returns to where it was: an effect would end too late for that.
      shown?.close()
      // It was nowhere, as after an address was opened.
      if (document.activeElement === document.body) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class={kind ? `dialog ${kind}` : 'dialog'}
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
    >
      <div class="pad stack">
        <header class="row">
          <h2 class="grow" id={id} tabIndex={-1} ref={heading} dir="auto">
            {title}
          </h2>
          <button type="button" class="icon-button" aria-label={s.common.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
      {/* What lies beneath can neither be read nor pressed. */}
      <Notices within />
    </dialog>
  )
}
