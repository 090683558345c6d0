/** Labels that several views share: the presence of a contact, badges, warnings and the progress of transfers. */

import type { Contact, Transfer } from '../contract'
import { displayText, relativeTime } from '../format'
import { href, navigate } from '../route'
import { recipients, sending, title, toggleRecipient } from '../state/compose'
import { contactName, people } from '../state/contacts'
import { drafts } from '../state/drafts'
import { connectionTo } from '../state/network'
import { findShare } from '../state/shares'
import { activeTransfers, failureText, lacksRoom } from '../state/transfers'
import { s } from '../strings'
import { Icon } from '../ui/icon'
import { Progress } from '../ui/progress'

interface Presence {
  /** All that is known, and its most important part. */
  words: string
  short: string
  online: boolean
}

/** The state of a contact as text, and whether the contact is online. */
export function presence(contact: Contact): Presence {
  const state = contact.state === 'requested' && contact.request ? s.people.asking[contact.request] : s.people.states[contact.state]
  const known = contact.state === 'following' || contact.state === 'mutual'
  if (contact.online) {
    return { words: s.people.online, short: s.people.online, online: true }
  }
  if (!known || !contact.lastSeen) return { words: state, short: state, online: false }
  const seen = s.people.seen(relativeTime(contact.lastSeen))
  return { words: `${state} · ${seen}`, short: seen, online: false }
}

/** How an online contact is connected, and why through a relay and not directly. */
export function HowConnected({ contact }: { contact: Contact }) {
  const path = contact.online ? connectionTo(contact.id) : undefined
  if (!path) return null
  const why = path.notDirect && s.people.notDirect[path.notDirect]
  return <p class="quiet">{[s.people.via[path.via], why].filter(Boolean).join(' ')}</p>
}

/** Whether the words were compared, and the contact's circles. */
export function ContactBadges({ contact }: { contact: Contact }) {
  const verified = contact.verified && contact.warning !== 'keys'
  if (!verified && !contact.circles.length) return null
  return (
    <p class="actions contact-badges">
      {verified && (
        <span class="chip">
          <Icon name="check" />
          {s.people.verified}
        </span>
      )}
      {contact.circles.map(circle => (
        <span key={circle} class="chip neutral" dir="auto">
          {displayText(circle)}
        </span>
      ))}
    </p>
  )
}

/** A warning about a contact or their invite. If the keys have changed, it is a banner. */
export function ContactWarning({ contact }: { contact: Contact }) {
  if (!contact.warning) return contact.invite ? <p class="warning">{s.people.invites[contact.invite]}</p> : null
  const words = s.people.warnings[contact.warning]
  if (contact.warning !== 'keys') return <p class="warning">{words}</p>
  return (
    <section class="banner bad" role="alert">
      <Icon name="warning" />
      <p class="grow">
        <b dir="auto">{contactName(contact)}</b>: {words}
      </p>
    </section>
  )
}

/** A banner for each contact whose keys have changed since the words were compared. */
export function ChangedKeysBanners() {
  return (
    <>
      {people.value
        .filter(({ warning }) => warning === 'keys')
        .map(contact => (
          <section key={contact.id} class="banner bad" role="alert">
            <Icon name="warning" />
            <p class="grow">
              <b dir="auto">{contactName(contact)}</b>: {s.people.warnings.keys}
            </p>
            <a class="button" href={href.person(contact.id)}>
              {s.verify.startAgain}
              <span class="visually-hidden">{s.people.about(contactName(contact))}</span>
            </a>
          </section>
        ))}
    </>
  )
}

export function shareWith(id: string): void {
  if (!recipients.value.has(id)) toggleRecipient(id)
  navigate(href.share)
}

/** Bytes, speed and time left of an active transfer; otherwise what it waits for or why it failed. */
export function transferText(transfer: Transfer): string {
  const part = s.transfers.of(transfer.bytes, transfer.total)
  if (transfer.state === 'active') {
    const speed = transfer.bytesPerSecond > 0 ? s.transfers.speed(transfer.bytesPerSecond) : undefined
    const left = transfer.secondsLeft !== null ? s.transfers.left(transfer.secondsLeft) : undefined
    return [part, speed, left].filter(Boolean).join(' · ')
  }
  const waits = transfer.state === 'waiting' && transfer.waitingFor && s.transfers.waitingFor[transfer.waitingFor]
  const failed = transfer.state === 'failed' && transfer.error && failureText(transfer.error, transfer.saved !== undefined)
  return [part, waits || failed || s.transfers.states[transfer.state]].join(' · ')
}

/** Why the relay has no room for a transfer, and what to do. */
export function NoRoom({ transfer }: { transfer: Transfer }) {
  if (!lacksRoom(transfer)) return null
  const { used, quota, needed } = transfer.room ?? {}
  const known = used !== undefined && quota !== undefined && needed !== undefined
  return <p class="warning">{known ? s.transfers.noRoom.quota(used, quota, needed) : s.transfers.noRoom.disk}</p>
}

export const progressTone = ({ state }: Transfer): 'waiting' | 'bad' | undefined =>
  state === 'failed' ? 'bad' : state === 'waiting' || state === 'paused' ? 'waiting' : undefined

/** The title of the share that a transfer belongs to. */
export function transferTitle(transfer: Transfer): string {
  const of = findShare(transfer.share) ?? drafts.value.find(({ id }) => id === transfer.share)
  const sent = transfer.direction === 'add' && sending.value ? title.value : undefined
  return displayText(of?.title ?? sent ?? '') || s.transfers.unknownShare
}

/** A progress bar for each active transfer of a share or draft. */
export function ShareTransfers({ share }: { share: string }) {
  const moving = activeTransfers.value.filter(each => each.share === share)
  return (
    <>
      {moving.map(transfer => (
        <div key={transfer.id} class="stack tight">
          <small>{`${s.transfers.direction[transfer.direction]} · ${transferText(transfer)}`}</small>
          <Progress
            label={s.transfers.progressOf(s.transfers.direction[transfer.direction])}
            done={transfer.bytes}
            total={transfer.total}
            tone={progressTone(transfer)}
          />
          <NoRoom transfer={transfer} />
        </div>
      ))}
    </>
  )
}
