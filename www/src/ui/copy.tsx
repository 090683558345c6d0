/** Buttons that copy a text and confirm it. */

import { useSignal } from '@preact/signals'
import { s } from '../strings'

const COPIED_MS = 2_500

export function CopyButton({ text, label = s.common.copy, main }: { text: string; label?: string; main?: boolean }) {
  const copied = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    copied.value = true
    setTimeout(() => (copied.value = false), COPIED_MS)
  }
  return (
    <button type="button" class={main ? 'button main' : 'button'} onClick={copy}>
      {label}
      <span class="copied" aria-live="polite">
        {copied.value ? s.common.copied : ''}
      </span>
    </button>
  )
}

/** One row of "Details": a label, the whole value and a copy button. */
export const CopyableValue = ({ name, value, copy = true }: { name: string; value: string; copy?: boolean }) => (
  <div class="copyable">
    <dt>{name}</dt>
    <dd>
      <code dir="ltr">{value}</code>
      {copy && <CopyButton text={value} label={s.common.copy} />}
    </dd>
  </div>
)
