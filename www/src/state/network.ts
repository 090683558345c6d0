/** Whether a relay is connected, and which friends' browsers are. */

import { computed, signal } from '@preact/signals'
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
