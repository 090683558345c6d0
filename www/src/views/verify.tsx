/** Comparing the six words of each, once, on the phone or at a table. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Contact } from '../contract'
import { moment, shown } from '../say'
import { block, contactName, putContact, remove } from '../state/contacts'
import { api } from '../state/engine'
import { say } from '../state/notices'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { Copyable } from '../ui/copy'
import { Problem } from '../ui/field'
import { Icon } from '../ui/icon'
import { Sheet } from '../ui/sheet'

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
            {s.people.verifiedOn(moment(contact.verified))}
          </span>
        </p>
      ) : (
        <p class={changed ? 'problem' : 'quiet'}>{changed ? s.verify.again : s.verify.text}</p>
      )}
      <div class="actions">
        <button type="button" class={contact.verified && !changed ? 'button plain' : 'button main'} onClick={() => (comparing.value = true)}>
          {contact.verified ? s.verify.startAgain : s.verify.start}
        </button>
      </div>
      {comparing.value && <Comparison contact={contact} onClose={() => (comparing.value = false)} />}
    </section>
  )
}

function Comparison({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const name = contactName(contact)
  const words = useSignal<{ mine: string[]; theirs: string[] } | null>(null)
  const differ = useSignal(false)
  const { busy, problem, run } = useBusy()
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
      say(s.verify.done(contactName(known)))
    })
  if (differ.value) return <Differing contact={contact} onBack={() => (differ.value = false)} onClose={onClose} />
  return (
    <Sheet key="words" title={s.verify.sheet(name)} onClose={onClose}>
      <ol class="steps">
        {s.verify.how.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {words.value && (
        <>
          <Six title={s.verify.mine} words={words.value.mine} />
          <Six title={s.verify.theirs(name)} words={words.value.theirs} />
        </>
      )}
      {problem && <Problem text={problem} />}
      <div class="actions">
        <button type="button" class="button main" disabled={busy || !words.value} onClick={() => void match()}>
          {s.verify.match}
        </button>
        <button type="button" class="button danger" disabled={busy || !words.value} onClick={() => (differ.value = true)}>
          {s.verify.differ}
        </button>
      </div>
    </Sheet>
  )
}

const Six = ({ title, words }: { title: string; words: readonly string[] }) => (
  <section class="stack tight" aria-label={title}>
    <h3>{title}</h3>
    <ol class="words" translate={false} lang="en">
      {words.map((word, i) => (
        <li key={i}>{word}</li>
      ))}
    </ol>
  </section>
)

/** What it may mean, and what to do now. */
function Differing({ contact, onBack, onClose }: { contact: Contact; onBack: () => void; onClose: () => void }) {
  const name = contactName(contact)
  const leave = (act: () => void) => () => {
    onClose()
    act()
  }
  return (
    <Sheet key="differing" title={s.verify.differTitle} onClose={onClose}>
      <p>{s.verify.differText}</p>
      <p>{s.verify.differDo}</p>
      <dl>
        <Copyable name={`${s.person.id} (${shown(name)})`} value={contact.id} />
      </dl>
      <div class="actions">
        <button type="button" class="button danger" onClick={leave(() => block(contact.id, name))}>
          {s.person.block}
        </button>
        <button type="button" class="button danger" onClick={leave(() => remove(contact))}>
          {s.person.remove}
        </button>
        <button type="button" class="button plain" onClick={onBack}>
          {s.verify.back}
        </button>
      </div>
    </Sheet>
  )
}
