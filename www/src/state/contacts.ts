/** My contacts, by id. */

import { computed, signal } from '@preact/signals'
import type { Contact } from '../contract'
import { shown } from '../say'
import { s } from '../strings'
import { api } from './engine'
import { say } from './notices'
import { me } from './session'

export const contacts = signal<ReadonlyMap<string, Contact>>(new Map())

export const people = computed(() =>
  [...contacts.value.values()].sort((a, b) => contactName(a).localeCompare(contactName(b))),
)

export async function listContacts(): Promise<void> {
  contacts.value = new Map((await api().contacts.list()).map(contact => [contact.id, contact]))
}

export function putContact(contact: Contact): void {
  const before = contacts.value.get(contact.id)
  if (before?.state === 'resolving' && contact.state !== 'resolving') say(s.people.added(contactName(contact)))
  contacts.value = new Map(contacts.value).set(contact.id, contact)
}

export function hideContact(id: string): void {
  const rest = new Map(contacts.value)
  rest.delete(id)
  contacts.value = rest
}

export function forgetContacts(): void {
  contacts.value = new Map()
}

/** The reader's own name for somebody, else the one they chose, else the beginning of their id. */
export function contactName(contact: Contact): string {
  return shown(contact.petname || contact.name) || s.people.unknown(shortId(contact.id))
}

/** The name of whoever has this id, as the reader knows them; else the one that they are said to have chosen. */
export function nameOf(id: string, claimed = ''): string {
  if (id === me.value?.id) return s.common.you
  const contact = contacts.value.get(id)
  return contact ? contactName(contact) : shown(claimed) || s.common.someone
}

export const shortId = (id: string): string => `${id.slice(0, 6)}…${id.slice(-4)}`
