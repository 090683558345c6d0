/** Out of Spinney: one file, everything as a zip, or everything into a folder. */

import type { FileEntry, Share } from '../contract'
import { SpinneyError } from '../spinney'
import { api } from '../state/engine'
import { s } from '../strings'

export const canPickFolder = 'showDirectoryPicker' in window

/** Everything as one zip, streamed by the service worker: memory stays bounded whatever the size. */
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

/** Straight into a folder that the person picks; resolves to its name, or null if they picked none. */
export async function saveToFolder(share: Share): Promise<string | null> {
  const pick = (window as unknown as FolderPicker).showDirectoryPicker
  const folder = await pick({ mode: 'readwrite', id: 'spinney' }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw error
  })
  if (!folder) return null
  await api().shares.save(share.id, folder)
  return folder.name
}

// Not in TypeScript's own types yet: only Chromium has it.
interface FolderPicker {
  showDirectoryPicker(options: { mode: 'readwrite'; id: string }): Promise<FileSystemDirectoryHandle>
}

/** Opens an attachment without leaving the page. */
function startDownload(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.click()
}

// After a reload past the cache a page has no service worker until it claims it: then the link would leave the page.
async function requireServiceWorker(): Promise<void> {
  if (navigator.serviceWorker?.controller) return
  throw new SpinneyError('unsupported', 'user', s.share.noServiceWorker)
}
