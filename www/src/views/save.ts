/** Saves files: one file, everything as a zip, or everything into a folder. */

import type { FileEntry, Share } from '../contract'
import { failure } from '../engine/error'
import { api } from '../state/engine'
import { announceEnd } from '../state/transfers'
import { s } from '../strings'

export const canPickFolder = 'showDirectoryPicker' in window

/** Saves everything as one zip that the service worker streams, so memory use is bounded. */
export async function saveAll(share: Share): Promise<void> {
  await requireServiceWorker()
  startDownload(new URL(`zip/${share.id}`, document.baseURI).href)
}

export async function saveFile(share: Share, file: FileEntry): Promise<void> {
  await requireServiceWorker()
  const url = new URL(api().shares.url(share.id, file.path), document.baseURI)
  url.searchParams.set('save', '')
  startDownload(url.href)
}

/**
 * Saves everything into a new folder, in a folder that the reader picks. Returns the name of the picked one, or null if
 * none was picked.
 */
export async function saveToFolder(share: Share): Promise<string | null> {
  const pick = (window as unknown as FolderPicker).showDirectoryPicker
  const folder = await pick({ mode: 'readwrite', id: 'spinney' }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw error
  })
  if (!folder) return null
  announceEnd(await api().shares.save(share.id, folder))
  return folder.name
}

// Not in TypeScript's types: only Chromium has it.
interface FolderPicker {
  showDirectoryPicker(options: { mode: 'readwrite'; id: string }): Promise<FileSystemDirectoryHandle>
}

/** Starts a download without leaving the page. */
function startDownload(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.click()
}

// After a forced reload no service worker controls the page at first. The link would then leave the page.
async function requireServiceWorker(): Promise<void> {
  if (navigator.serviceWorker?.controller) return
  throw failure('unsupported', s.share.noServiceWorker)
}
