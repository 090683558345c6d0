/** People who ask to be added, newest first. */

import { computed, signal } from '@preact/signals'
import type { ContactRequest, SpinneyEvent } from '../contract'
import { shown } from '../say'
import { s } from '../strings'
import { putContact, shortId } from './contacts'
import { decide, decided } from './decided'
import { api } from './engine'
import { say } from './notices'

const known = signal<readonly ContactRequest[]>([])

export const requests = computed(() => known.value.filter(({ id }) => !decided.value.has(id)))

/** The name that somebody gave themselves, as soon as it is found. */
export const requestName = ({ id, name }: { id: string; name: string }): string => shown(name).trim() || s.people.unknown(shortId(id))

let listing: Promise<void> | undefined
let again = false

/** Lists them; while that is under way, whoever asks for it too waits for one list more, however many they are. */
export function listRequests(): Promise<void> {
  again = listing !== undefined
  listing ??= list().finally(() => (listing = undefined))
  return listing
}

async function list(): Promise<void> {
  do {
    again = false
    known.value = await api().contacts.requests()
  } while (again)
}

/** Somebody asks, or more is known of whoever asked. It is told once, when there is a name to tell. */
export async function asked(event: Extract<SpinneyEvent, { type: 'request' }>): Promise<void> {
  const isNews = event.name !== '' && !known.value.some(({ id, name }) => id === event.id && name)
  if (isNews) say(s.requests.came(requestName(event)))
  await listRequests()
}

export function dropRequest(id: string): void {
  known.value = known.value.filter(request => request.id !== id)
}

export function forgetRequests(): void {
  known.value = []
}

export async function accept(request: ContactRequest): Promise<void> {
  putContact(await api().contacts.accept(request.id))
  dropRequest(request.id)
}

export function decline(request: ContactRequest): void {
  decide(request.id, 'declined', s.requests.declined(requestName(request)), () => api().contacts.decline(request.id))
}
