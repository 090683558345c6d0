/** The active links of the unlocked profile, by share. */

import { computed, signal } from '@preact/signals'
import type { Link } from '../contract'
import { api } from './engine'
import { HiddenIds } from './hidden-ids'

const linksByShare = signal<ReadonlyMap<string, Link> | null>(null)
const hiddenLinks = new HiddenIds()

/** Newest first; null until the list is loaded. */
export const links = computed(() => {
  const left = linksByShare.value && [...linksByShare.value.values()].filter(({ id }) => !hiddenLinks.has(id))
  return left?.sort((a, b) => b.created.getTime() - a.created.getTime())
})

export const linkOf = (share: string): Link | undefined => links.value?.find(({ id }) => id === share)

export async function listLinks(): Promise<void> {
  linksByShare.value = new Map((await api().shares.links()).map(link => [link.id, link]))
}

/** Hides the link of a share until the returned function is called. */
export const hideLink = (share: string): (() => void) => hiddenLinks.hide([share])

export function removeLink(share: string): void {
  const rest = new Map(linksByShare.value)
  rest.delete(share)
  linksByShare.value = rest
}

export function forgetLinks(): void {
  linksByShare.value = null
}
