/** Compares six words with a contact, once, on the phone or side by side. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Contact } from '../contract'
import { displayText, relativeTime } from '../format'
import { blockContact, contactName, putContact, removeContact } from '../state/contacts'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { s } from '../strings'
import { CopyableValue } from '../ui/copy'
import { Dialog } from '../ui/dialog'
import { EnglishWords } from '../ui/english-words'
import { ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { useAsyncAction } from '../ui/use-async-action'

export function Verify({ contact }: { contact: Contact }) {
  const comparing = useSignal(false)
  const changed = contact.warning === 'keys'
  return (
    <section class="card pad stack" aria-labelledby="verify">
      <h2 id="verify">{s.verify.title}</h2>
      {contact.verified && !changed ? (
        <p>
          <span class="chip">
            <Icon name="check" />
            {s.people.verifiedOn(relativeTime(contact.verified))}
          </span>
        </p>
      ) : (
        <p class={changed ? 'problem' : 'quiet'}>{changed ? s.verify.again : s.verify.text}</p>
      )}
      <div class="actions">
        <button
          type="button"
          class={contact.verified && !changed ? 'button plain' : 'button main'}
          onClick={() => (comparing.value = true)}
        >
          {contact.verified ? s.verify.startAgain : s.verify.start}
        </button>
      </div>
      {comparing.value && <WordComparison contact={contact} onClose={() => (comparing.value = false)} />}
    </section>
  )
}

function WordComparison({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const name = contactName(contact)
  const words = useSignal<{ mine: string[]; theirs: string[] } | null>(null)
  const differ = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  useEffect(() => {
    void run(async () => {
      words.value = await api().contacts.verifyWords(contact.id)
    })
  }, [])
  const match = () =>
    run(async () => {
      const known = await api().contacts.markVerified(contact.id)
      putContact(known)
      onClose()
      notify(s.verify.done(contactName(known)))
    })
  if (differ.value) return <WordsDiffer contact={contact} onBack={() => (differ.value = false)} onClose={onClose} />
  return (
    <Dialog key="words" title={s.verify.sheet(name)} onClose={onClose}>
      <ol class="instructions">
        {s.verify.how.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {words.value && (
        <>
          <EnglishWords />
          <WordList title={s.verify.mine} words={words.value.mine} />
          <WordList title={s.verify.theirs(name)} words={words.value.theirs} />
        </>
      )}
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button main" disabled={busy || !words.value} onClick={() => void match()}>
          {s.verify.match}
        </button>
        <button type="button" class="button danger" disabled={busy || !words.value} onClick={() => (differ.value = true)}>
          {s.verify.differ}
        </button>
      </div>
    </Dialog>
  )
}

const WordList = ({ title, words }: { title: string; words: readonly string[] }) => (
  <section class="stack tight" aria-label={title}>
    <h3>{title}</h3>
    <ol class="words" translate={false} lang="en" dir="ltr">
      {words.map((word, i) => (
        <li key={i}>{word}</li>
      ))}
    </ol>
  </section>
)

/** What different words may mean, and what to do. */
function WordsDiffer({ contact, onBack, onClose }: { contact: Contact; onBack: () => void; onClose: () => void }) {
  const name = contactName(contact)
  const leave = (act: () => void) => () => {
    onClose()
    act()
  }
  return (
    <Dialog key="differing" title={s.verify.differTitle} onClose={onClose}>
      <p>{s.verify.differText}</p>
      <p>{s.verify.differDo}</p>
      <dl>
        <CopyableValue name={`${s.person.id} (${displayText(name)})`} value={contact.id} />
      </dl>
      <div class="actions">
        <button type="button" class="button danger" onClick={leave(() => blockContact(contact.id, name))}>
          {s.person.block}
        </button>
        <button type="button" class="button danger" onClick={leave(() => removeContact(contact))}>
          {s.person.remove}
        </button>
        <button type="button" class="button plain" onClick={onBack}>
          {s.verify.back}
        </button>
      </div>
    </Dialog>
  )
}
