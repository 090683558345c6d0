/** The contacts of the unlocked profile, by id. */

import { computed, signal } from '@preact/signals'
import type { Contact } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { compareNames } from '../order'
import { s } from '../strings'
import { api } from './engine'
import { forgetInvite } from './invite'
import { notify } from './notices'
import { decideUndoably, pendingDecisions, undoDecision } from './pending-decisions'
import { foldedName } from './same-names'
import { me } from './session'

const engineContacts = signal<ReadonlyMap<string, Contact>>(new Map())
/** Whether the list was loaded. Before that, an unknown id may still be a contact. */
export const contactsListed = signal(false)

/** The contacts with pending decisions applied, before the engine knows of them. */
export const contacts = computed<ReadonlyMap<string, Contact>>(() => {
  if (!pendingDecisions.value.size) return engineContacts.value
  const wanted = new Map(engineContacts.value)
  for (const [id, decision] of pendingDecisions.value) {
    const contact = wanted.get(id)
    if (decision === 'removed') wanted.delete(id)
    else if (contact) wanted.set(id, { ...contact, state: 'blocked', online: false })
  }
  return wanted
})

const sorted = computed(() => [...contacts.value.values()].sort((a, b) => compareNames(contactName(a), contactName(b))))
const isBlocked = ({ state }: Contact) => state === 'blocked'

export const people = computed(() => sorted.value.filter(contact => !isBlocked(contact)))
export const blocked = computed(() => sorted.value.filter(isBlocked))

/** The names of all circles that have members. */
export const circleNames = computed(() => [...new Set(people.value.flatMap(({ circles }) => circles))].sort(compareNames))

export async function listContacts(): Promise<void> {
  engineContacts.value = new Map((await api().contacts.list()).map(contact => [contact.id, contact]))
  contactsListed.value = true
}

export function putContact(contact: Contact): void {
  announceChange(engineContacts.value.get(contact.id), contact)
  engineContacts.value = new Map(engineContacts.value).set(contact.id, contact)
}

/** Announces that a contact was found, has accepted, or came with an invite. */
function announceChange(before: Contact | undefined, now: Contact): void {
  // Who changed keys has a banner that says so.
  if (before?.state === now.state || now.newKeys) return
  if (now.state === 'mutual') {
    notify(s.add.added(contactName(now)))
    forgetInvite()
  } else if (before?.state === 'resolving') notify(additionText(now))
}

/** The result of adding or following somebody, as a sentence. */
export function additionText(contact: Contact): string {
  const name = contactName(contact)
  switch (contact.state) {
    case 'resolving':
      return s.add.looking
    case 'requested':
      return s.add.asked(name)
    case 'following':
      return s.add.followed(name)
    default:
      return s.add.added(name)
  }
}

export function hideContact(id: string): void {
  const rest = new Map(engineContacts.value)
  rest.delete(id)
  engineContacts.value = rest
}

/** Removes a contact. The reader can undo it for some seconds. */
export function removeContact(contact: Contact): void {
  const name = contactName(contact)
  const words = contact.state === 'requested' ? s.person.takenBack(name) : s.person.removed(name)
  decideUndoably(contact.id, 'removed', words, () => api().contacts.remove(contact.id))
}

/** Needs no undo: the reader can look for the contact again. */
export function stopLooking(contact: Contact): void {
  hideContact(contact.id)
  api()
    .contacts.remove(contact.id)
    .catch(error => {
      putContact(contact)
      notify(wordsFor(error), 'bad')
    })
}

/** Blocks a contact, or somebody who only asked to be added. */
export function blockContact(id: string, name: string): void {
  decideUndoably(id, 'blocked', s.person.blocked(name), () => api().contacts.block(id))
}

export async function unblockContact(contact: Contact): Promise<void> {
  const name = contactName(contact)
  // A block that can still be undone never reached the engine.
  if (undoDecision(contact.id)) return notify(s.people.unblockedFriend(name))
  await api().contacts.unblock(contact.id)
  const isKnown = await api()
    .contacts.get(contact.id)
    .then(putContact)
    .then(() => true)
    .catch(() => false)
  notify(isKnown ? s.people.unblockedFriend(name) : s.people.unblocked(name))
}

export function forgetContacts(): void {
  engineContacts.value = new Map()
  contactsListed.value = false
}

/** The reader's own name for the contact, else the name that the contact chose, else a part of the id. Names that look the
 *  same are told apart. */
export function contactName(contact: Contact): string {
  const name = displayText(contact.petname || contact.name)
  return distinctName({ ...contact, name }) || s.people.unknown(shortId(contact.id))
}

/** How many people, with the reader, have names that look the same. */
const nameCounts = computed(() => {
  const counts = new Map<string, number>()
  const names = [...contacts.value.values()].map(contact => contact.petname || contact.name)
  for (const name of [me.value?.name ?? '', ...names].map(foldedName)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
})

/** A name, with two words of the id if somebody else has one that looks the same. */
export function distinctName({ id, name, words }: Pick<Contact, 'id' | 'name' | 'words'>): string {
  const others = (nameCounts.value.get(foldedName(name)) ?? 0) - (contacts.value.has(id) ? 1 : 0)
  return name && others > 0 ? `${name} (${words.join(' ')})` : name
}

/** The name of somebody who is no contact yet, as they or a friend say it; a part of the id until a name is known. */
export const claimedName = ({ id, name, words }: Pick<Contact, 'id' | 'name' | 'words'>): string =>
  distinctName({ id, words, name: displayText(name).trim() }) || s.people.unknown(shortId(id))

/** The name for an id. If it is no contact: `claimed`, the name that this person is said to use. */
export function nameOf(id: string, claimed = ''): string {
  if (id === me.value?.id) return s.common.you
  const contact = contacts.value.get(id)
  return contact ? contactName(contact) : displayText(claimed) || s.common.someone
}

export const shortId = (id: string): string => `${id.slice(0, 6)}…${id.slice(-4)}`
