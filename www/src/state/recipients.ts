/** Whom something can be shared with, one by one or a circle at once. */

import { computed } from '@preact/signals'
import type { Contact } from '../contract'
import { people } from './contacts'

/** Why somebody cannot be chosen. */
export type Ineligibility = Extract<Contact['state'], 'resolving' | 'following' | 'blocked'>

export const ineligibility = ({ state }: Contact): Ineligibility | null =>
  state === 'resolving' || state === 'following' || state === 'blocked' ? state : null

/** By the reader's names, those who can be chosen first. */
export const eligibleContacts = computed(() => {
  const fit = people.value.filter(contact => !ineligibility(contact))
  return [...fit, ...people.value.filter(ineligibility)]
})

/** The ids of those in each circle who can be chosen now, by the circle's name. */
export function circlesOf(among: readonly Contact[]): [name: string, ids: string[]][] {
  const circles = new Map<string, string[]>()
  for (const contact of among) {
    if (ineligibility(contact)) continue
    for (const circle of contact.circles ?? []) circles.set(circle, [...(circles.get(circle) ?? []), contact.id])
  }
  return [...circles].sort(([a], [b]) => a.localeCompare(b))
}
