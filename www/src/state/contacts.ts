/** My contacts, by id. */

import { computed, signal } from '@preact/signals'
import type { Contact } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { s } from '../strings'
import { api } from './engine'
import { forgetInvite } from './invite'
import { notify } from './notices'
import { decideUndoably, pendingDecisions } from './pending-decisions'
import { me } from './session'

const engineContacts = signal<ReadonlyMap<string, Contact>>(new Map())
/** Whether whoever is not among them is nobody's contact. */
export const contactsListed = signal(false)

/** As the reader wants them, even while the engine has not been told. */
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

const sorted = computed(() => [...contacts.value.values()].sort((a, b) => contactName(a).localeCompare(contactName(b))))
const isBlocked = ({ state }: Contact) => state === 'blocked'

export const people = computed(() => sorted.value.filter(contact => !isBlocked(contact)))
export const blocked = computed(() => sorted.value.filter(isBlocked))

/** The names of all circles that somebody is in. */
export const circleNames = computed(() => [...new Set(people.value.flatMap(({ circles }) => circles))].sort((a, b) => a.localeCompare(b)))

export async function listContacts(): Promise<void> {
  engineContacts.value = new Map((await api().contacts.list()).map(contact => [contact.id, contact]))
  contactsListed.value = true
}

export function putContact(contact: Contact): void {
  announceChange(engineContacts.value.get(contact.id), contact)
  engineContacts.value = new Map(engineContacts.value).set(contact.id, contact)
}

/** Says what a person waits to hear: that somebody was found, has accepted, or has come with an invite. */
function announceChange(before: Contact | undefined, now: Contact): void {
  if (before?.state === now.state) return
  if (now.state === 'mutual') {
    notify(s.add.added(contactName(now)))
    forgetInvite()
  } else if (before?.state === 'resolving') notify(additionText(now))
}

/** What has come of adding or following somebody. */
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

/** Takes somebody off the list, unless the reader thinks better of it. */
export function removeContact(contact: Contact): void {
  decideUndoably(contact.id, 'removed', s.person.removed(contactName(contact)), () => api().contacts.remove(contact.id))
}

/** Whoever is not found yet can be looked for again, so nothing is lost that could be undone. */
export function stopLooking(contact: Contact): void {
  hideContact(contact.id)
  api().contacts.remove(contact.id).catch(error => {
    putContact(contact)
    notify(wordsFor(error), 'bad')
  })
}

/** Of contacts, and of whoever only asked. */
export function blockContact(id: string, name: string): void {
  decideUndoably(id, 'blocked', s.person.blocked(name), () => api().contacts.block(id))
}

export async function unblockContact(contact: Contact): Promise<void> {
  await api().contacts.unblock(contact.id)
  notify(s.people.unblocked(contactName(contact)))
}

export function forgetContacts(): void {
  engineContacts.value = new Map()
  contactsListed.value = false
}

/** The reader's own name for somebody, else the one they chose, else the beginning of their id. */
export function contactName(contact: Contact): string {
  return displayText(contact.petname || contact.name) || s.people.unknown(shortId(contact.id))
}

/** The name of whoever has this id, as the reader knows them; else the one that they are said to have chosen. */
export function nameOf(id: string, claimed = ''): string {
  if (id === me.value?.id) return s.common.you
  const contact = contacts.value.get(id)
  return contact ? contactName(contact) : displayText(claimed) || s.common.someone
}

export const shortId = (id: string): string => `${id.slice(0, 6)}…${id.slice(-4)}`
