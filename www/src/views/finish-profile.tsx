/** Gives the profile that waits a name and a passphrase: an offer, and the form, which what needs a name asks for at once. */

import { useSignal } from '@preact/signals'
import { displayText } from '../format'
import { withOpenedInvite } from '../state/accept-invite'
import { notify } from '../state/notices'
import { finishProfile, me } from '../state/session'
import { s } from '../strings'
import { Checkbox, ErrorMessage, Field, Sent } from '../ui/field'
import { NewPassphrase } from '../ui/new-passphrase'
import { useNewPassphraseForm } from '../ui/use-new-passphrase-form'
import { nameProblem } from './profile-setup'

/** A quiet card, which opens the form. */
export function FinishOffer() {
  const open = useSignal(false)
  if (open.value) return <FinishForm text={s.finish.text} />
  return (
    <section class="card pad stack" aria-labelledby="finish-offer">
      <h2 id="finish-offer">{s.finish.title}</h2>
      <p>{s.finish.text}</p>
      <small>{s.finish.risk}</small>
      <div class="actions">
        <button type="button" class="button" onClick={() => (open.value = true)}>
          {s.finish.open}
        </button>
      </div>
    </section>
  )
}

export function FinishForm({ text }: { text: string }) {
  const name = useSignal(me.value?.name ?? '')
  const stay = useSignal(false)
  const finish = async (passphrase: string) => {
    const chosen = { name: name.value.trim(), passphrase, staySignedIn: stay.value }
    await withOpenedInvite(() => finishProfile(chosen))
    notify(s.finish.done(displayText(chosen.name)))
  }
  const { form, sent, passphrase, busy, problem, submit } = useNewPassphraseForm([name.value], finish)
  return (
    <form ref={form} class="card pad stack" onSubmit={submit} noValidate aria-labelledby="finish-form">
      <h2 id="finish-form">{s.finish.title}</h2>
      <p>{text}</p>
      <Sent.Provider value={sent}>
        <Field
          label={s.create.name}
          autoComplete="username"
          hint={s.create.nameHint}
          value={name.value}
          onInput={value => (name.value = value)}
          check={() => nameProblem(name.value)}
        />
        <NewPassphrase label={s.create.passphrase} passphrase={passphrase} about={[name.value]} />
      </Sent.Provider>
      <Checkbox label={s.welcome.stay} hint={s.welcome.stayHint} checked={stay.value} onChange={checked => (stay.value = checked)} />
      <small>{s.finish.risk}</small>
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {busy ? s.finish.busy : s.finish.submit}
        </button>
      </div>
    </form>
  )
}
