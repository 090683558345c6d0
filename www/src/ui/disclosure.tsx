/** A button that shows and hides its content. When the content closes, the button gets the focus. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { Icon, type IconName } from './icon'

interface Props {
  label: string
  icon: IconName
  children: (close: () => void) => ComponentChildren
}

export function Disclosure({ label, icon, children }: Props) {
  const open = useSignal(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    open.value = false
    button.current?.focus()
  }
  return (
    <div class="disclosure stack">
      <div class="actions">
        <button ref={button} type="button" class="button" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          <Icon name={icon} />
          {label}
        </button>
      </div>
      {open.value && children(close)}
    </div>
  )
}
