/** New keys from the 24 words after a theft, in the settings; and what is said of contacts who changed theirs. */

import { useSignal } from '@preact/signals'
import type { Contact, Me } from '../contract'
import { phraseProblem } from '../errors'
import { href } from '../route'
import { contactName, people, putContact } from '../state/contacts'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { changeKeys } from '../state/session'
import { s } from '../strings'
import { ErrorMessage, TextArea, UsernameHint } from '../ui/field'
import { Icon } from '../ui/icon'
import { NewPassphrase, passphraseProblem } from '../ui/new-passphrase'
import { useAsyncAction } from '../ui/use-async-action'

export function ChangeKeysSection({ who }: { who: Me }) {
  const words = useSignal('')
  const passphrase = useSignal('')
  const { busy, problem, reject, run } = useAsyncAction()
  const submit = async (event: Event) => {
    event.preventDefault()
    const wrong = await passphraseProblem(passphrase.value, [who.name])
    if (wrong) return reject(wrong)
    void run(async () => {
      await changeKeys(words.value, passphrase.value)
      for (const field of [words, passphrase]) field.value = ''
      notify(s.keys.changed)
    }, phraseProblem)
  }
  return (
    <section class="card pad stack" aria-labelledby="keys">
      <h2 id="keys">{s.keys.title}</h2>
      <p class="quiet">{s.keys.text}</p>
      <details>
        <summary>{s.keys.open}</summary>
        <form class="stack" onSubmit={event => void submit(event)} noValidate>
          <p class="warning">{s.keys.stolenWords}</p>
          <h3>{s.keys.what}</h3>
          <ul>
            {[s.keys.reads, s.keys.links, s.keys.devices, s.keys.six, s.keys.passkeys, s.keys.stay].map(text => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <UsernameHint name={who.name} />
          <TextArea
            label={s.keys.words}
            rows={4}
            spellcheck={false}
            hint={s.recover.hint}
            value={words.value}
            onInput={value => (words.value = value)}
          />
          <NewPassphrase label={s.keys.passphrase} passphrase={passphrase} about={[who.name]} />
          {problem && <ErrorMessage text={problem} />}
          <div class="actions">
            <button type="submit" class="button main" disabled={busy}>
              {busy ? s.keys.busy : s.keys.submit}
            </button>
          </div>
        </form>
      </details>
    </section>
  )
}

/** A banner for each contact who changed keys, until the reader has seen it. */
export function NewKeysBanners() {
  return (
    <>
      {people.value
        .filter(contact => contact.newKeys)
        .map(contact => (
          <NewKeysBanner key={contact.id} contact={contact} />
        ))}
    </>
  )
}

function NewKeysBanner({ contact }: { contact: Contact }) {
  const { busy, problem, run } = useAsyncAction()
  const name = contactName(contact)
  const wasVerified = contact.newKeys?.wasVerified
  return (
    <section class="banner" role="status">
      <Icon name="check" />
      <p class="grow">
        <b>{s.keys.ofContact(name)}</b> {wasVerified ? s.keys.ofContactWords(name) : s.keys.ofContactSame}
      </p>
      {wasVerified && (
        <a class="button" href={href.person(contact.id)}>
          {s.verify.startAgain}
          <span class="visually-hidden">{s.people.about(name)}</span>
        </a>
      )}
      <button
        type="button"
        class="button"
        disabled={busy}
        aria-label={`${s.keys.ofContactSeen} ${s.people.about(name)}`}
        onClick={() => void run(async () => putContact(await api().contacts.confirmKeys(contact.id)))}
      >
        {s.keys.ofContactSeen}
      </button>
      {problem && <ErrorMessage text={problem} />}
    </section>
  )
}

/** What to do with somebody whose profile names another successor than at first. */
export function GoOn({ contact }: { contact: Contact }) {
  const { busy, problem, run } = useAsyncAction()
  if (contact.warning !== 'heir') return null
  return (
    <section class="card pad stack" aria-label={s.keys.goOn}>
      <p>{s.keys.goOnHint}</p>
      <div class="actions">
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => void run(async () => putContact(await api().contacts.goOn(contact.id)))}
        >
          {s.keys.goOn}
        </button>
      </div>
      {problem && <ErrorMessage text={problem} />}
    </section>
  )
}
