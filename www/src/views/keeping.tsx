/** What friends keep for each other: room for one person, how much friends have here, and where a share is. */

import { useSignal } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { Contact, Proof, Share } from '../contract'
import { displayText, hostOf, longDate, relativeTime } from '../format'
import { contactName, nameOf } from '../state/contacts'
import { api } from '../state/engine'
import { keeping, keepingWith, onKeeping, readKeeping } from '../state/keeping'
import { notify } from '../state/notices'
import { s } from '../strings'
import { Checkbox, ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { Progress } from '../ui/progress'
import { useAsyncAction } from '../ui/use-async-action'
import { isMine } from './share-recipients'

const GB = 1_000_000_000
/** What the slider stops at. */
const STEPS = [0, GB / 10, GB / 2, GB, 2 * GB, 5 * GB, 8 * GB]

interface Terms {
  bytes: number
  named: boolean
  public: boolean
  metered: boolean
}

/** What is kept between the reader and one contact. */
export function FriendKeeping({ contact }: { contact: Contact }) {
  const status = keeping.value
  // Whether the browser keeps the data of the page for good, and how much of it there is, changes without an event.
  useEffect(onKeeping, [contact.id])
  if (!status) return null
  const name = contactName(contact)
  const between = keepingWith(contact.id)
  return (
    <section class="card pad stack" aria-labelledby="keeping">
      <h2 id="keeping">{s.keeping.title(name)}</h2>
      <p class="quiet">{s.keeping.text(name)}</p>
      <Room key={contact.id} contact={contact} limit={status.limit} />
      <Given contact={contact} />
      <Received contact={contact} />
      {between && between.keepers.length > 0 && (
        <p>
          {s.keeping.alsoAt(
            name,
            between.keepers.map(id => nameOf(id)),
          )}
        </p>
      )}
    </section>
  )
}

/** How much room a contact gets, and on which terms. */
function Room({ contact, limit }: { contact: Contact; limit: number }) {
  const id = useId()
  const name = contactName(contact)
  const given = keepingWith(contact.id)?.given
  const now = given && !given.ends ? given.bytes : 0
  const others = (keeping.value?.given ?? 0) - (given?.bytes ?? 0)
  const steps = [...new Set([...STEPS.filter(bytes => bytes <= limit - others), now])].sort((a, b) => a - b)
  const step = useSignal(steps.indexOf(now))
  const { busy, problem, run } = useAsyncAction()
  /** What was chosen last, while it or what was chosen before is on its way. */
  const wanted = useRef<Terms | null>(null)
  useEffect(() => {
    if (!busy) step.value = steps.indexOf(now)
  }, [now, busy, steps.length])
  if (limit === 0 && !now) return <p>{s.keeping.noLimit}</p>
  const words = (bytes: number) => (bytes ? s.keeping.bytes(bytes) : s.keeping.none)
  const chosen = steps[step.value] ?? 0
  const give = (change: Partial<Terms>) => {
    const { named = false, public: everybody = false, metered = false } = given ?? {}
    const before = wanted.current ?? { bytes: now, named, public: everybody, metered }
    wanted.current = { ...before, ...change }
    void run(async () => {
      try {
        for (let sent: Terms | null = null; wanted.current && wanted.current !== sent; ) {
          sent = wanted.current
          const { bytes, ...terms } = sent
          await api().keeping.setRoom(contact.id, bytes, terms)
        }
      } finally {
        wanted.current = null
      }
      await readKeeping()
    })
  }
  return (
    <>
      <div class="labelled">
        <label for={id}>{s.keeping.room(name)}</label>
        <div class="row">
          <input
            id={id}
            class="grow"
            type="range"
            min={0}
            max={steps.length - 1}
            step={1}
            value={step.value}
            aria-valuetext={words(chosen)}
            aria-describedby={`${id}-hint`}
            onInput={event => (step.value = event.currentTarget.valueAsNumber)}
            onChange={event => give({ bytes: steps[event.currentTarget.valueAsNumber] ?? 0 })}
          />
          <output for={id}>{words(chosen)}</output>
        </div>
        <small id={`${id}-hint`}>{s.keeping.left(limit)}</small>
      </div>
      {now > 0 && (
        <>
          <Checkbox
            label={s.keeping.named(name)}
            hint={s.keeping.namedHint}
            checked={given?.named ?? false}
            onChange={named => give({ named })}
          />
          <Checkbox label={s.keeping.public} checked={given?.public ?? false} onChange={everybody => give({ public: everybody })} />
          {(keeping.value?.metered || given?.metered) && (
            <Checkbox
              label={s.keeping.metered}
              hint={s.keeping.meteredHint}
              checked={given?.metered ?? false}
              onChange={metered => give({ metered })}
            />
          )}
        </>
      )}
      {problem && <ErrorMessage text={problem} />}
    </>
  )
}

/** What the reader keeps for a contact. */
function Given({ contact }: { contact: Contact }) {
  const name = contactName(contact)
  const { busy, problem, run } = useAsyncAction()
  const given = keepingWith(contact.id)?.given
  if (!given) return null
  const letGo = () =>
    void run(async () => {
      await api().keeping.release(contact.id)
      await readKeeping()
      notify(s.keeping.released(name))
    })
  return (
    <>
      <p>
        {s.keeping.given(given.used, given.bytes)}. {s.keeping.shares(given.shares, given.missing)}
      </p>
      <Progress label={s.keeping.title(name)} done={given.used} total={given.bytes} />
      {given.ends && <p>{s.keeping.ends(longDate(given.ends))}</p>}
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button danger" disabled={busy} onClick={letGo}>
          {s.keeping.letGo}
        </button>
      </div>
      <small>{s.keeping.letGoHint(name)}</small>
    </>
  )
}

/** What a contact keeps for the reader. */
function Received({ contact }: { contact: Contact }) {
  const name = contactName(contact)
  const received = keepingWith(contact.id)?.received
  if (!received) return null
  const { bytes, used, chosen, full, said, shares, proof } = received
  const when = proof.at && relativeTime(proof.at)
  return (
    <>
      <p>
        {s.keeping.theirs(name, bytes)}{' '}
        {said ? s.keeping.theyKeep(name, shares.length, used, relativeTime(said)) : chosen && s.keeping.notYet(name)}
      </p>
      {!chosen && <p class="quiet">{s.keeping.notChosen(name)}</p>}
      {when &&
        (proof.lacks.length ? (
          <p class="warning">{s.keeping.fails(name, when)}</p>
        ) : (
          proof.shares.length > 0 && <p>{s.keeping.proven(name, when)}</p>
        ))}
      {full && <p class="warning">{s.keeping.full(name)}</p>}
    </>
  )
}

/** How much of this browser friends have, in the settings. */
export function KeptForFriends() {
  const status = keeping.value
  if (!status?.given) return null
  return (
    <>
      <p>{s.keeping.forFriends(status.used, status.given)}</p>
      <Progress label={s.keeping.forFriends(status.used, status.given)} done={status.used} total={status.given} />
    </>
  )
}

/** Where a share of the reader is, if friends or services keep it or a relay has proved that it does. */
export function KeptBy({ share }: { share: Share }) {
  const { friends, relays, services, lacking } = placesOf(share)
  // That a relay has it now changes without an event.
  useEffect(onKeeping, [share.id, share.kept])
  const isNews = friends.length + services.length > 0 || relays.some(({ checked }) => checked) || lacking.length > 0
  if (!isMine(share) || !isNews) return null
  const words = ({ name, checked }: Place) => (checked ? s.keeping.checked(name, relativeTime(checked)) : name)
  return (
    <>
      {friends.length + relays.length + services.length > 0 && (
        <p class="row">
          <Icon name="people" />
          <span>{s.keeping.keptBy(friends.map(words), [...relays.map(words), ...services])}</span>
        </p>
      )}
      {lacking.length > 0 && <p class="warning">{s.keeping.lacks(lacking.map(({ name }) => name))}</p>}
    </>
  )
}

interface Place {
  name: string
  /** When it proved that it can deliver the share. */
  checked?: Date | undefined
}

/** Who keeps a share of the reader, and who was found to lack something of it. */
function placesOf({ id }: Share) {
  const at = (name: string, proof: Proof): Place => ({ name, checked: proof.shares.includes(id) ? proof.at : undefined })
  const friends = (keeping.value?.friends ?? []).flatMap(({ contact, received }) =>
    received ? [{ name: nameOf(contact), ...received }] : [],
  )
  const relays = (keeping.value?.relays ?? []).map(({ relay, ...kept }) => ({ name: hostOf(relay), ...kept }))
  const keeps = ({ shares, proof }: { shares: string[]; proof: Proof }) => shares.includes(id) && !proof.lacks.includes(id)
  return {
    friends: friends.filter(keeps).map(({ name, proof }) => at(name, proof)),
    relays: relays.filter(keeps).map(({ name, proof }) => at(name, proof)),
    // What a service says is not proven.
    services: (keeping.value?.services ?? []).filter(({ shares }) => shares.includes(id)).map(({ name }) => displayText(name)),
    lacking: [...friends, ...relays].filter(({ proof }) => proof.lacks.includes(id)),
  }
}
