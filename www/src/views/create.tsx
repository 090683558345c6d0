/** A new profile: name, picture, passphrase. */

import { useSignal } from '@preact/signals'
import { create } from '../state/session'
import { s } from '../strings'
import { AvatarPicker } from '../ui/avatar'
import { useBusy } from '../ui/busy'
import { Field, Problem } from '../ui/field'
import { NewPassphrase, passphraseProblem } from '../ui/passphrase'
import { useHeading } from '../ui/shell'

/** FORMAT.md: a name has at most 64 characters. */
export const NAME_LENGTH = 64

export function Create({ onBack }: { onBack: () => void }) {
  const heading = useHeading(s.create.title)
  const name = useSignal('')
  const avatar = useSignal<Blob | undefined>(undefined)
  const first = useSignal('')
  const second = useSignal('')
  const { busy, problem, refuse, run } = useBusy()
  const submit = (event: Event) => {
    event.preventDefault()
    const missing = nameProblem(name.value) ?? passphraseProblem(first.value, second.value)
    if (missing) return refuse(missing)
    void run(() => create({ name: name.value.trim(), passphrase: first.value, ...(avatar.value && { avatar: avatar.value }) }))
  }
  return (
    <form class="card pad stack" onSubmit={submit} noValidate>
      <h1 ref={heading} tabIndex={-1}>
        {s.create.title}
      </h1>
      <Field label={s.create.name} autoComplete="username" hint={s.create.nameHint} value={name.value} onInput={value => (name.value = value)} />
      <AvatarPicker id={name.value} name={name.value} avatar={avatar.value} onChange={next => (avatar.value = next)} removable />
      <NewPassphrase label={s.create.passphrase} first={first} second={second} about={[name.value]} />
      {problem && <Problem text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {busy ? s.create.busy : s.create.submit}
        </button>
        <button type="button" class="button plain" onClick={onBack}>
          {s.common.back}
        </button>
      </div>
    </form>
  )
}

export function nameProblem(name: string): string | null {
  if (!name.trim()) return s.create.needName
  return [...name.trim()].length > NAME_LENGTH ? s.create.nameTooLong : null
}
