/** The devices of the unlocked profile. */

import { signal } from '@preact/signals'
import type { Device } from '../contract'
import { api } from './engine'

/** All of them, the oldest first; `null` until somebody looks. */
export const devices = signal<readonly Device[] | null>(null)

export async function listDevices(): Promise<void> {
  devices.value = await api().devices.list()
}

export async function renameDevice(id: string, name: string): Promise<void> {
  await api().devices.rename(id, name)
  await listDevices()
}

/** The list changed: it is read again if somebody looks at it. */
export function onDevices(): void {
  if (devices.value) void listDevices().catch(() => {}) // locked meanwhile
}

export function forgetDevices(): void {
  devices.value = null
}
