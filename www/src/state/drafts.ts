/** Shares whose files were not all read when the tab was closed. */

import { signal } from '@preact/signals'
import type { NewFile, Share } from '../contract'
import { withoutLocation } from '../previews'
import type { SelectedFile } from '../selected-files'
import { api } from './engine'

export interface Draft {
  id: string
  title: string
  missing: string[]
}

export const drafts = signal<readonly Draft[]>([])

export async function listDrafts(): Promise<void> {
  drafts.value = await api().shares.drafts()
}

/**
 * Goes on with a draft; null if none of the files is one that it misses.
 *
 * A file belongs to the missing path that it has or ends: picking single files loses the folder that they were in.
 * Places go as they went the first time: a picture whose place cannot be taken out is in a draft only if places were kept.
 */
export async function resumeDraft(draft: Draft, found: readonly SelectedFile[]): Promise<Share | null> {
  const files: SelectedFile[] = []
  for (const { path, file } of found) {
    const missing = draft.missing.find(missing => missing === path || missing.endsWith(`/${path}`))
    if (missing) files.push({ path: missing, file: await withoutLocation(file).catch(() => file) })
  }
  if (!files.length) return null
  const share = await api().shares.resume(draft.id, files)
  await listDrafts()
  return share
}

/** A draft whose files this tab still has: the engine that read them went with another tab. */
let heldFiles: { draft: string; files: NewFile[] } | undefined

export function holdFiles(draft: string, files: NewFile[]): void {
  heldFiles = { draft, files }
}

export function letGo(): void {
  heldFiles = undefined
}

/** Goes on with the draft whose files are here, once its author has unlocked again. */
export async function goOn(): Promise<void> {
  const mine = heldFiles
  letGo()
  if (!mine || !drafts.value.some(({ id }) => id === mine.draft)) return
  await api().shares.resume(mine.draft, mine.files)
  await listDrafts()
}

export async function discardDraft(id: string): Promise<void> {
  await api().shares.discard(id)
  await listDrafts()
}
