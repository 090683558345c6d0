/** The links that I gave out and that are good still, by share. */

import { computed, signal } from '@preact/signals'
import type { Link } from '../contract'
import { api } from './engine'
import { TakenAway } from './undoable'

const given = signal<ReadonlyMap<string, Link> | null>(null)
const switchedOff = new TakenAway()

/** Newest first; null until they were listed. */
export const links = computed(() => {
  const left = given.value && [...given.value.values()].filter(({ id }) => !switchedOff.has(id))
  return left?.sort((a, b) => b.created.getTime() - a.created.getTime())
})

export const linkOf = (share: string): Link | undefined => links.value?.find(({ id }) => id === share)

export async function listLinks(): Promise<void> {
  given.value = new Map((await api().shares.links()).map(link => [link.id, link]))
}

/** Shows the link of a share no more, until the function that comes back is called. */
export const takeLink = (share: string): (() => void) => switchedOff.take([share])

export function linkIsOff(share: string): void {
  const rest = new Map(given.value)
  rest.delete(share)
  given.value = rest
}

export function forgetLinks(): void {
  given.value = null
}
