/** The devices of the unlocked profile. */

import { signal } from '@preact/signals'
import type { Device } from '../contract'
import { wordsFor } from '../errors'
import { api } from './engine'
import { notify } from './notices'

/** All of them, the oldest first; `null` until somebody looks. */
export const devices = signal<readonly Device[] | null>(null)

export async function listDevices(): Promise<void> {
  devices.value = await api().devices.list()
}

export async function renameDevice(id: string, name: string): Promise<void> {
  await api().devices.rename(id, name)
  await listDevices()
}

/** Removes another device. It has the seed, and cannot be made to forget it. */
export async function removeDevice(id: string): Promise<void> {
  await api().devices.remove(id)
  await listDevices()
}

export async function restoreDevice(id: string): Promise<void> {
  try {
    await api().devices.restore(id)
    await listDevices()
  } catch (error) {
    notify(wordsFor(error), 'bad')
  }
}

/** The reader knows a device that is new. */
export async function confirmDevice(id: string): Promise<void> {
  await api().devices.confirm(id)
  await listDevices()
}

/** The list changed: it is read again if somebody looks at it. */
export function onDevices(): void {
  if (devices.value) void listDevices().catch(() => {}) // locked meanwhile
}

export function forgetDevices(): void {
  devices.value = null
}
