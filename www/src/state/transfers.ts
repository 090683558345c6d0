/** Active and finished transfers since the profile was unlocked. */

import { computed, signal } from '@preact/signals'
import type { Transfer } from '../contract'
import { s } from '../strings'
import { api } from './engine'
import { notify } from './notices'

/** Files remembered for each transfer: those with the latest progress, enough for a screen. */
const MAX_RECENT_FILES = 100

export interface TransferProgress extends Transfer {
  recentFiles: ReadonlyMap<string, { bytes: number; total: number }>
}

export const transfers = signal<ReadonlyMap<string, TransferProgress>>(new Map())

const FINISHED: ReadonlySet<Transfer['state']> = new Set(['done', 'failed', 'cancelled'])
export const isOver = (transfer: Transfer): boolean => FINISHED.has(transfer.state)

/** Whether the relay has no room for what is sent: on its disk, or in what it keeps for this person. */
export const lacksRoom = ({ state, waitingFor }: Transfer): boolean =>
  state === 'waiting' && (waitingFor === 'quota' || waitingFor === 'disk')

export const activeTransfers = computed(() => [...transfers.value.values()].filter(transfer => !isOver(transfer)))
export const finishedTransfers = computed(() => [...transfers.value.values()].filter(isOver).reverse())

/** The transfer that reads and encrypts files now. */
export const encryptingTransfer = computed(() => activeTransfers.value.find(({ direction }) => direction === 'add'))

/** The transfer of a share in one direction. An active transfer comes before a finished one. */
export function transferOf(share: string, direction: Transfer['direction']): TransferProgress | undefined {
  const of = [...transfers.value.values()].filter(each => each.share === share && each.direction === direction)
  return of.find(each => !isOver(each)) ?? of.at(-1)
}

export async function listTransfers(): Promise<void> {
  const list = await api().transfers.list()
  transfers.value = new Map(list.map(each => [each.id, withRecentFiles(each)]))
}

export function putTransfer(transfer: Transfer): void {
  transfers.value = new Map(transfers.value).set(transfer.id, withRecentFiles(transfer))
  if (isOver(transfer) && savings.delete(transfer.id)) announceSaved(transfer)
}

/** The transfers that save into a folder and were begun in this tab, which says how they end. */
const savings = new Set<string>()

/** Says how a transfer ends that saves into a folder. It may have ended already. */
export function announceEnd(id: string): void {
  const transfer = transfers.value.get(id)
  if (transfer && isOver(transfer)) announceSaved(transfer)
  else savings.add(id)
}

function announceSaved({ state, saved, error }: Transfer): void {
  if (state === 'done' && saved) notify(s.share.savedFolder(saved), saved.leftOut > 0 ? 'bad' : 'calm')
  if (state === 'failed' && error) notify(s.share.savingFailed(failureText(error, true)), 'bad')
}

/** Why a transfer failed. If it saves into a folder, the folder is what is not there any more. */
export function failureText({ code, message }: NonNullable<Transfer['error']>, isSaving: boolean): string {
  return isSaving && code === 'file-changed' ? s.share.folderGone : (s.errors[code] ?? message)
}

export function removeTransfer(id: string): void {
  const rest = new Map(transfers.value)
  rest.delete(id)
  transfers.value = rest
}

export function forgetTransfers(): void {
  savings.clear()
  transfers.value = new Map()
}

function withRecentFiles(transfer: Transfer): TransferProgress {
  const recentFiles = new Map(transfers.value.get(transfer.id)?.recentFiles)
  for (const { path, bytes, total } of transfer.files ?? []) {
    // Deleted first, so that the latest file is the last entry.
    recentFiles.delete(path)
    recentFiles.set(path, { bytes, total })
  }
  for (const path of recentFiles.keys()) {
    if (recentFiles.size <= MAX_RECENT_FILES) break
    recentFiles.delete(path)
  }
  return { ...transfer, recentFiles }
}
