/** Transfers under way and finished since the profile was opened. */

import { computed, signal } from '@preact/signals'
import type { Transfer } from '../contract'
import { api } from './engine'

/** Files remembered for each transfer: those that moved last, enough for a screen. */
const FILES = 100

export interface Moving extends Transfer {
  moved: ReadonlyMap<string, { bytes: number; total: number }>
}

export const transfers = signal<ReadonlyMap<string, Moving>>(new Map())

const OVER: ReadonlySet<Transfer['state']> = new Set(['done', 'failed', 'cancelled'])
export const isOver = (transfer: Transfer): boolean => OVER.has(transfer.state)

export const underWay = computed(() => [...transfers.value.values()].filter(transfer => !isOver(transfer)))
export const finished = computed(() => [...transfers.value.values()].filter(isOver).reverse())

/** What is being read and sealed right now. */
export const adding = computed(() => underWay.value.find(({ direction }) => direction === 'add'))

/** The transfer of a share in one direction that tells most: one under way before one that is over. */
export function transferOf(share: string, direction: Transfer['direction']): Moving | undefined {
  const of = [...transfers.value.values()].filter(each => each.share === share && each.direction === direction)
  return of.find(each => !isOver(each)) ?? of.at(-1)
}

export async function listTransfers(): Promise<void> {
  const list = await api().transfers.list()
  transfers.value = new Map(list.map(each => [each.id, withMoved(each)]))
}

export function putTransfer(transfer: Transfer): void {
  transfers.value = new Map(transfers.value).set(transfer.id, withMoved(transfer))
}

export function removeTransfer(id: string): void {
  const rest = new Map(transfers.value)
  rest.delete(id)
  transfers.value = rest
}

export function forgetTransfers(): void {
  transfers.value = new Map()
}

function withMoved(transfer: Transfer): Moving {
  const moved = new Map(transfers.value.get(transfer.id)?.moved)
  for (const { path, bytes, total } of transfer.files ?? []) {
    // Taken out first, so that the one that moved last is last.
    moved.delete(path)
    moved.set(path, { bytes, total })
  }
  for (const path of moved.keys()) {
    if (moved.size <= FILES) break
    moved.delete(path)
  }
  return { ...transfer, moved }
}
