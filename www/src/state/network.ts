/** Whether a relay is connected, and which friends' browsers are. */

import { computed, effect, signal } from '@preact/signals'
import type { NetworkStatus } from '../contract'
import { api } from './engine'

export const network = signal<NetworkStatus | null>(null)
const connected = signal<boolean | null>(null)
export const online = signal(navigator.onLine)

export type Connection = 'connected' | 'none' | 'noRelay' | 'offline'

export const connection = computed<Connection>(() => {
  if (network.value && network.value.relays.length === 0) return 'noRelay'
  if (connected.value ?? network.value?.relays.some(relay => relay.connected)) return 'connected'
  return online.value ? 'none' : 'offline'
})

export async function listNetwork(): Promise<void> {
  network.value = await api().network.status()
  connected.value = network.value.relays.some(relay => relay.connected)
}

export function setConnected(now: boolean): void {
  connected.value = now
}

/** Since when no relay is connected, once that lasts longer than connecting does. */
export const unreachableSince = signal<Date | null>(null)
/** Connecting takes less, and a shorter loss is none that a person has to know of. */
const CONNECTING_MS = 15_000

export function watchConnection(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    clearTimeout(timer)
    if (connection.value !== 'none') {
      unreachableSince.value = null
      return
    }
    const since = new Date()
    timer = setTimeout(() => (unreachableSince.value = since), CONNECTING_MS)
  })
}

/** A clock that differs by less is not worth a word. */
const WRONG_MS = 60 * 60 * 1_000

/** By how much the clock of this device is ahead of the relays', if it is wrong: the least that one of them says. */
export const clockAhead = computed(() => {
  const told = network.value?.relays.flatMap(({ clockAhead }) => clockAhead ?? []) ?? []
  const least = told.sort((a, b) => Math.abs(a) - Math.abs(b))[0]
  return least !== undefined && Math.abs(least) > WRONG_MS ? least : null
})

export function forgetNetwork(): void {
  network.value = null
}

/** How a contact is connected now. A direct connection comes before one through a relay. */
export function connectionTo(contact: string): NetworkStatus['peers'][number] | undefined {
  const peers = network.value?.peers.filter(peer => peer.contact === contact)
  return peers?.find(peer => peer.via === 'direct') ?? peers?.[0]
}

export function watchOnline(): void {
  addEventListener('online', () => (online.value = true))
  addEventListener('offline', () => (online.value = false))
}
