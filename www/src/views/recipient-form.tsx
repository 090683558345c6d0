/** A form that chooses people, for giving a share to them and for passing one on. */

import { useSignal } from '@preact/signals'
import type { Contact } from '../contract'
import { s } from '../strings'
import { ErrorMessage } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'
import { RecipientPicker } from './recipient-picker'

interface Props {
  text: string
  among: readonly Contact[]
  /** The button's text for this number of chosen people. */
  submitLabel: (count: number) => string
  onSubmit: (ids: readonly string[]) => Promise<void>
  onCancel: () => void
}

export function RecipientForm({ text, among, submitLabel, onSubmit, onCancel }: Props) {
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const { busy, problem, run } = useAsyncAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(() => onSubmit([...chosen.value]))
  }
  return (
    <form class="stack" onSubmit={submit}>
      <p class="quiet">{text}</p>
      <RecipientPicker among={among} chosen={chosen.value} onChange={next => (chosen.value = next)} />
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy || !chosen.value.size}>
          {submitLabel(chosen.value.size)}
        </button>
        <button type="button" class="button plain" onClick={onCancel}>
          {s.common.cancel}
        </button>
      </div>
    </form>
  )
}
