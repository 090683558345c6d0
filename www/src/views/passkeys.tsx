/** In the settings: the passkeys that unlock the profile. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Me, Passkey } from '../contract'
import { notify } from '../state/notices'
import { addPasskey, hasPasskeys, isHere, listPasskeys, passkeysOf, removePasskey } from '../state/passkeys'
import { s } from '../strings'
import { ErrorMessage, Field, UsernameHint } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'

export function PasskeySection({ who }: { who: Me }) {
  // Another tab may have added or removed one.
  useEffect(() => void listPasskeys(who.id).catch(() => {}), [who.id])
  const passkeys = passkeysOf(who.id)
  if (!hasPasskeys && passkeys.length === 0) return null
  return (
    <section class="card pad stack" aria-labelledby="passkeys">
      <h2 id="passkeys">{s.passkeys.title}</h2>
      <p class="quiet">{s.passkeys.text}</p>
      {passkeys.length > 0 && (
        <ul class="names">
          {passkeys.map((passkey, i) => (
            <PasskeyRow key={passkey.id} who={who} passkey={passkey} name={s.passkeys.name(i + 1)} />
          ))}
        </ul>
      )}
      {hasPasskeys && <AddPasskey who={who} />}
      <small>{s.passkeys.oldCopy}</small>
    </section>
  )
}

function PasskeyRow({ who, passkey, name }: { who: Me; passkey: Passkey; name: string }) {
  const { busy, problem, run } = useAsyncAction()
  const remove = () =>
    void run(async () => {
      await removePasskey(who.id, passkey.id)
      notify(s.passkeys.removed)
    })
  return (
    <li>
      <div class="row wraps">
        <div class="grow">
          <b>{name}</b>
          {passkey.added && <p class="quiet">{s.passkeys.addedOn(passkey.added)}</p>}
          {!isHere(passkey) && <p class="quiet break-anywhere">{s.passkeys.elsewhere(passkey.host)}</p>}
        </div>
        <button type="button" class="button" disabled={busy} aria-label={s.passkeys.removeNamed(name)} onClick={remove}>
          {s.passkeys.remove}
        </button>
      </div>
      {problem && <ErrorMessage text={problem} />}
    </li>
  )
}

function AddPasskey({ who }: { who: Me }) {
  const passphrase = useSignal('')
  const { busy, problem, run } = useAsyncAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      await addPasskey(who.id, passphrase.value)
      passphrase.value = ''
      notify(s.passkeys.added)
    })
  }
  return (
    <details>
      <summary>{s.passkeys.add}</summary>
      <form class="stack" onSubmit={submit} noValidate>
        <p>{s.passkeys.synchronised}</p>
        <UsernameHint name={who.name} />
        <Field
          label={s.passkeys.passphrase}
          type="password"
          autoComplete="current-password"
          hint={s.passkeys.asks}
          value={passphrase.value}
          onInput={value => (passphrase.value = value)}
        />
        {problem && <ErrorMessage text={problem} />}
        <div class="actions">
          <button type="submit" class="button main" disabled={busy}>
            {busy ? s.passkeys.follow : s.passkeys.make}
          </button>
        </div>
      </form>
    </details>
  )
}
