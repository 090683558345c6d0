/** The links that I gave out and that are good still, by share. */

import { computed, signal } from '@preact/signals'
import type { Link } from '../contract'
import { api } from './engine'

const given = signal<ReadonlyMap<string, Link> | null>(null)

/** Newest first; null until they were listed. */
export const links = computed(() => given.value && [...given.value.values()].sort((a, b) => b.created.getTime() - a.created.getTime()))

export const linkOf = (share: string): Link | undefined => given.value?.get(share)

export async function listLinks(): Promise<void> {
  given.value = new Map((await api().shares.links()).map(link => [link.id, link]))
}

export function putLink(link: Link): void {
  given.value = new Map(given.value).set(link.id, link)
}

export function hideLink(share: string): void {
  const rest = new Map(given.value)
  rest.delete(share)
  given.value = rest
}

export function forgetLinks(): void {
  given.value = null
}
