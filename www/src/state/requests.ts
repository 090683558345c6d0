/** People who ask to be added, newest first. */

import { computed, signal } from '@preact/signals'
import type { ContactRequest, SpinneyEvent } from '../contract'
import { displayText } from '../format'
import { s } from '../strings'
import { claimedName, putContact, shortId } from './contacts'
import { api } from './engine'
import { notify } from './notices'
import { decideUndoably, pendingDecisions, undoDecision } from './pending-decisions'
import { sharedLoad } from './shared-load'

const engineRequests = signal<readonly ContactRequest[]>([])
const engineDeclined = signal<readonly ContactRequest[]>([])

export const requests = computed(() => engineRequests.value.filter(({ id }) => !pendingDecisions.value.has(id)))

/** Requests that the reader declined, newest first. Each can still be accepted. */
export const declined = computed(() => {
  const decided = pendingDecisions.value
  const pending = engineRequests.value.filter(({ id }) => decided.get(id) === 'declined')
  return [...pending, ...engineDeclined.value.filter(({ id }) => !decided.has(id))]
})

export const listRequests = sharedLoad(async () => {
  const [waiting, aside] = await Promise.all([api().contacts.requests(), api().contacts.declined()])
  engineRequests.value = waiting
  engineDeclined.value = aside
})

/** Somebody asks to be added, or more is known of a request. Announced once, when the name is known. */
export async function onRequest(event: Extract<SpinneyEvent, { type: 'request' }>): Promise<void> {
  const isNews = !event.declined && event.name !== '' && !engineRequests.value.some(({ id, name }) => id === event.id && name)
  if (isNews) notify(s.requests.came(displayText(event.name).trim() || s.people.unknown(shortId(event.id))))
  await listRequests()
}

export function dropRequest(id: string): void {
  engineRequests.value = engineRequests.value.filter(request => request.id !== id)
  engineDeclined.value = engineDeclined.value.filter(request => request.id !== id)
}

export function forgetRequests(): void {
  engineRequests.value = []
  engineDeclined.value = []
}

/** Asks the relays that the request names; each sees this browser's network address. */
export async function lookUpRequest({ id }: ContactRequest): Promise<void> {
  const known = await api().contacts.lookUp(id)
  const put = (request: ContactRequest) => (request.id === id ? known : request)
  engineRequests.value = engineRequests.value.map(put)
  engineDeclined.value = engineDeclined.value.map(put)
}

export async function acceptRequest(request: ContactRequest): Promise<void> {
  // The reader changed their mind before the engine knew of it.
  undoDecision(request.id)
  putContact(await api().contacts.accept(request.id))
  dropRequest(request.id)
}

export function declineRequest(request: ContactRequest): void {
  decideUndoably(request.id, 'declined', s.requests.declined(claimedName(request)), () => api().contacts.decline(request.id))
}
