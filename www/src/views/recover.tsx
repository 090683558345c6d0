/** Coming back with the 24 words, in a browser that does not know the profile. */

import { useSignal } from '@preact/signals'
import { codeOf } from '../errors'
import { recover } from '../state/session'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { Problem, TextArea } from '../ui/field'
import { NewPassphrase, passphraseProblem } from '../ui/passphrase'
import { useHeading } from '../ui/shell'

const WORDS = 24

export function Recover({ onBack }: { onBack: () => void }) {
  const heading = useHeading(s.recover.title)
  const text = useSignal('')
  const first = useSignal('')
  const second = useSignal('')
  const { busy, problem, refuse, run } = useBusy()
  // Pasted from paper or a note: numbers and punctuation between the words are not meant.
  const words = text.value.toLowerCase().split(/[^\p{L}]+/u).filter(Boolean)
  const submit = (event: Event) => {
    event.preventDefault()
    const missing = words.length === WORDS ? passphraseProblem(first.value, second.value) : s.recover.wrong
    if (missing) return refuse(missing)
    void run(
      () => recover(words.join(' '), first.value),
      error => (codeOf(error)?.startsWith('invalid-') ? s.recover.wrong : undefined),
    )
  }
  return (
    <form class="card pad stack" onSubmit={submit} noValidate>
      <h1 ref={heading} tabIndex={-1}>
        {s.recover.title}
      </h1>
      <p class="quiet">{s.recover.text}</p>
      <TextArea label={s.recover.words} rows={4} spellcheck={false} value={text.value} onInput={value => (text.value = value)} hint={s.recover.counted(words.length)} />
      <NewPassphrase label={s.recover.passphrase} first={first} second={second} about={[]} />
      <small>{s.recover.takesOver}</small>
      {problem && <Problem text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {busy ? s.recover.busy : s.recover.submit}
        </button>
        <button type="button" class="button plain" onClick={onBack}>
          {s.common.back}
        </button>
      </div>
    </form>
  )
}
