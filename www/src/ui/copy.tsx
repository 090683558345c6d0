/** Buttons that copy a text and confirm it. Where the browser does not allow it, the text is shown selected. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { s } from '../strings'

const COPIED_MS = 2_500

interface Props {
  text: string
  label?: string
  main?: boolean
  onCopied?: (() => void) | undefined
}

export function CopyButton({ text, label = s.common.copy, main, onCopied }: Props) {
  const state = useSignal<'idle' | 'copied' | 'refused'>('idle')
  const copy = async () => {
    state.value = 'idle'
    if (!(await copyText(text))) {
      state.value = 'refused'
      return
    }
    state.value = 'copied'
    onCopied?.()
    setTimeout(() => {
      if (state.value === 'copied') state.value = 'idle'
    }, COPIED_MS)
  }
  return (
    <>
      <button type="button" class={main ? 'button main' : 'button'} onClick={() => void copy()}>
        {label}
        <span class="copied" aria-live="polite">
          {state.value === 'copied' ? s.common.copied : ''}
        </span>
      </button>
      {state.value === 'refused' && <SelectedText text={text} label={label} />}
    </>
  )
}

/** Copies a text; false if the browser allows it in no way. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Not allowed, or not there: the page is not focused, lies in a frame, or was not loaded over https.
    return copySelected(text)
  }
}

/** The older way, which takes what is selected and needs no permission. */
function copySelected(text: string): boolean {
  const field = document.createElement('textarea')
  const before = document.activeElement
  field.value = text
  field.readOnly = true
  field.className = 'visually-hidden'
  field.setAttribute('aria-hidden', 'true')
  // Inside of an open dialog nothing else can be selected.
  const place = document.querySelector('dialog[open]') ?? document.body
  place.append(field)
  field.select()
  try {
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    field.remove()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
}

/** The text to be copied by hand. */
function SelectedText({ text, label }: { text: string; label: string }) {
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  return (
    <div class="stack tight by-hand" role="alert">
      <p>{s.common.copyByHand}</p>
      <textarea
        ref={field}
        class="field mono"
        readOnly
        rows={3}
        dir="ltr"
        aria-label={label}
        value={text}
        onFocus={event => event.currentTarget.select()}
      />
    </div>
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
