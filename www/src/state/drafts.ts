/** Drafts: shares whose files were not all read when the tab closed. */

import { signal } from '@preact/signals'
import type { Draft, NewFile, Share } from '../contract'
import { pathsInOrder } from '../order'
import type { SelectedFile } from '../selected-files'
import { api } from './engine'
import { prepareFiles, withAllUnreadable } from './prepare-files'

export const drafts = signal<readonly Draft[]>([])

/** Drafts that this tab has tried to finish: one that fails is shown, with the reason when the person tries. */
const tried = new Set<string>()

/** Lists the drafts. One of which everything is stored becomes its share by itself. */
export async function listDrafts(): Promise<void> {
  const list = await api().shares.drafts()
  drafts.value = list.map(draft => ({ ...draft, missing: pathsInOrder(draft.missing) }))
  for (const { id } of list.filter(({ id, missing }) => missing.length === 0 && !tried.has(id))) {
    tried.add(id)
    // The engine's events bring the share, and the list without the draft. If it fails, the draft stays listed.
    api()
      .shares.resume(id, [])
      .catch(() => {})
  }
}

/** What became of a draft: its share, files that are missing still, or none of the files belongs to it. */
export type Resumed = Share | 'missing' | 'nothing'

export interface Resuming {
  /** Whether files that are missing then are left out. */
  leaveOut?: boolean
  /** Paths of files that are shared as they are, although they may tell where they were taken. */
  asTheyAre?: ReadonlySet<string>
}

/** Goes on with a draft. The engine finds out which file is which; files of other names need not be prepared for it. */
export async function resumeDraft(draft: Draft, found: readonly SelectedFile[], { leaveOut, asTheyAre }: Resuming = {}): Promise<Resumed> {
  const names = new Set(draft.missing.map(plainName))
  const some = found.filter(({ path }) => names.has(plainName(path)))
  if (found.length && !some.length) return 'nothing'
  try {
    const files = await prepareFiles(some, { keepLocation: draft.keepLocation, ...(asTheyAre && { asTheyAre }) })
    return (await api().shares.resume(draft.id, files, { leaveOut: leaveOut ?? false })) ?? 'missing'
  } catch (error) {
    throw await withAllUnreadable(error, some)
  } finally {
    await listDrafts()
  }
}

/** The name of a file without the number that a second file of one name gets. */
const plainName = (path: string) =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/ \(\d+\)(?=\.[^.]*$|$)/, '')
    .toLowerCase()

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
