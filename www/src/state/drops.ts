/** My drop boxes with what was left in them, and the files that are being left in a box of somebody. */

import { computed, signal } from '@preact/signals'
import type { DropBox, Transfer } from '../contract'
import { s } from '../strings'
import { api } from './engine'
import { notify } from './notices'
import { me } from './session'

/** The one that ends last first; null until the list is loaded. */
export const dropBoxes = signal<readonly DropBox[] | null>(null)

/** What was left in all boxes and waits for an answer. */
export const waitingDrops = computed(() => (dropBoxes.value ?? []).flatMap(box => box.drops))

export async function listDropBoxes(): Promise<void> {
  const list = await api().drops.list()
  if (!me.peek()) return
  const known = dropBoxes.peek() && new Set(waitingDrops.peek().map(({ id }) => id))
  dropBoxes.value = list
  const fresh = waitingDrops.peek().filter(({ id }) => known && !known.has(id))
  if (fresh.length) notify(s.drops.came(fresh.reduce((sum, { files }) => sum + files, 0)))
}

/** Something of them changed. A list that fails is asked again at the next event. */
export function onDrops(): void {
  listDropBoxes().catch(() => {})
}

export function forgetDropBoxes(): void {
  dropBoxes.value = null
}

/** What is being left in a box of somebody in this tab. */
export const sendingDrop = signal<Transfer | null>(null)
export const isSendingDrop = computed(() => {
  const state = sendingDrop.value?.state
  return state === 'active' || state === 'waiting'
})

/** Whether a transfer leaves files in a box of somebody: it is none of the shares of a profile. */
export const isOfDrop = ({ id }: Pick<Transfer, 'id'>): boolean => id.startsWith('up-drop-')

export function putSending(transfer: Transfer): void {
  sendingDrop.value = transfer
}
