/** Drafts: shares whose files were not all read when the tab closed. */

import { signal } from '@preact/signals'
import type { NewFile, Share } from '../contract'
import { pathsInOrder } from '../order'
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
  const list = await api().shares.drafts()
  drafts.value = list.map(draft => ({ ...draft, missing: pathsInOrder(draft.missing) }))
}

/**
 * Resumes a draft. Returns null if none of the files is missing from it.
 *
 * A file matches a missing path if the paths are equal or the missing path ends with it: a file picker drops the folder.
 * Locations are handled as before: a picture whose location cannot be removed is in a draft only if locations were kept.
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

/** Files of a draft that this tab still has, while the engine that read them is gone with another tab. */
let heldFiles: { draft: string; files: NewFile[] } | undefined

export function holdFiles(draft: string, files: NewFile[]): void {
  heldFiles = { draft, files }
}

export function forgetHeldFiles(): void {
  heldFiles = undefined
}

/** Resumes the draft whose files this tab has, after its author has unlocked the profile again. */
export async function resumeHeldDraft(): Promise<void> {
  const mine = heldFiles
  forgetHeldFiles()
  if (!mine || !drafts.value.some(({ id }) => id === mine.draft)) return
  await api().shares.resume(mine.draft, mine.files)
  await listDrafts()
}

export async function discardDraft(id: string): Promise<void> {
  await api().shares.discard(id)
  await listDrafts()
}
