/** Whom something can be shared with, one by one or a circle at once. */

import { computed } from '@preact/signals'
import type { Contact } from '../contract'
import { people } from './contacts'

/** Why somebody cannot be chosen. */
export type Unfit = Extract<Contact['state'], 'resolving' | 'following' | 'blocked'>

export const unfit = ({ state }: Contact): Unfit | null =>
  state === 'resolving' || state === 'following' || state === 'blocked' ? state : null

/** By the reader's names, those who can be chosen first. */
export const choosable = computed(() => {
  const fit = people.value.filter(contact => !unfit(contact))
  return [...fit, ...people.value.filter(unfit)]
})

/** The ids of those in each circle who can be chosen now, by the circle's name. */
export function circlesOf(among: readonly Contact[]): [name: string, ids: string[]][] {
  const circles = new Map<string, string[]>()
  for (const contact of among) {
    if (unfit(contact)) continue
    for (const circle of contact.circles ?? []) circles.set(circle, [...(circles.get(circle) ?? []), contact.id])
  }
  return [...circles].sort(([a], [b]) => a.localeCompare(b))
}
