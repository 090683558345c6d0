/** Who can receive a share, as single contacts or as circles. */

import { computed } from '@preact/signals'
import type { Contact } from '../contract'
import { compareNames } from '../order'
import { people } from './contacts'

/** Why a contact cannot be chosen. */
export type Ineligibility = Extract<Contact['state'], 'resolving' | 'following' | 'blocked'>

export const ineligibility = ({ state }: Contact): Ineligibility | null =>
  state === 'resolving' || state === 'following' || state === 'blocked' ? state : null

/** All contacts by name, those who can be chosen first. */
export const eligibleContacts = computed(() => {
  const fit = people.value.filter(contact => !ineligibility(contact))
  return [...fit, ...people.value.filter(ineligibility)]
})

/** For each circle the ids of its members who can be chosen. */
export function circlesOf(among: readonly Contact[]): [name: string, ids: string[]][] {
  const circles = new Map<string, string[]>()
  for (const contact of among) {
    if (ineligibility(contact)) continue
    for (const circle of contact.circles ?? []) circles.set(circle, [...(circles.get(circle) ?? []), contact.id])
  }
  return [...circles].sort(([a], [b]) => compareNames(a, b))
}
