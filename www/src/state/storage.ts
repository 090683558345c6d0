/** The storage of this browser: how much is used, and whether it is full. */

import { signal } from '@preact/signals'
import type { StorageStatus } from '../contract'
import { api } from './engine'

export const storage = signal<StorageStatus | null>(null)
/** Bytes that did not fit; null while there is space. */
export const missingBytes = signal<number | null>(null)

export async function readStorage(): Promise<void> {
  storage.value = await api().storage.status()
}

export function setQuota(quota: { used: number; quota: number; needed: number }): void {
  missingBytes.value = quota.needed > 0 ? quota.needed : null
}

/** Returns the bytes freed. */
export async function freeStorage(): Promise<number> {
  const freed = await api().storage.collect()
  missingBytes.value = null
  await readStorage()
  return freed
}
