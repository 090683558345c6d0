/** The folders of this device that are kept in step. */

import { signal } from '@preact/signals'
import type { BoundFolder, FolderConflict, JournalEntry, Mode } from '../contract'
import { api } from './engine'
import { me } from './session'

/** All of them, the oldest first; `null` until somebody looks. */
export const folders = signal<readonly BoundFolder[] | null>(null)

/** Rises with each event about folders, so that open journals are read again. */
export const folderNews = signal(0)

export async function listFolders(): Promise<void> {
  folders.value = await api().folders.list()
}

/** Another list, or another state of one: it is read again if somebody looks at it. */
export function onFolders(): void {
  folderNews.value += 1
  if (folders.value) void listFolders().catch(() => {}) // locked meanwhile
}

export function forgetFolders(): void {
  folders.value = null
}

/** Keeps a folder in step with a share, or with a new one. */
export async function bindFolder(directory: FileSystemDirectoryHandle, mode: Mode, share?: string): Promise<BoundFolder> {
  const folder = await api().folders.bind(directory, { mode, ...(share !== undefined && { share }) })
  await listFolders()
  return folder
}

export async function unbindFolder(id: string): Promise<void> {
  await api().folders.unbind(id)
  await listFolders()
}

export const scanFolder = (id: string, anyway = false): Promise<void> => api().folders.scan(id, { anyway })

export const allowFolder = (id: string): Promise<void> => api().folders.allow(id)

export const folderConflicts = (id: string): Promise<FolderConflict[]> => api().folders.conflicts(id)

export const settleConflict = (id: string, path: string): Promise<void> => api().folders.settle(id, path)

export const readJournal = (folder: string, text: string, before?: string): Promise<JournalEntry[]> =>
  api().folders.journal({ folder, text, ...(before !== undefined && { before }) })

export const undoEntry = (id: string): Promise<void> => api().folders.undo(id)

/** Looks at every folder when the person comes back to this page: they may have worked in one. */
export function scanOnFocus(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || !me.peek()) return
    void api()
      .folders.list()
      .then(all => Promise.all(all.map(folder => scanFolder(folder.id))))
      .catch(() => {}) // the folder says why
  })
}
