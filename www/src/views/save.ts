/** Saves files: one file, everything as a zip, or everything into a folder. */

import type { FileEntry, FileName, Share } from '../contract'
import { codeOf, wasCancelled, wordsFor } from '../errors'
import { isServed } from '../served'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { putSave, removeSave, type Save } from '../state/saves'
import { announceEnd } from '../state/transfers'
import { s } from '../strings'

export const canPickFolder = 'showDirectoryPicker' in window

/** Without a service worker a file is put together in memory, or where the browser keeps what it has no memory for: this is as much as every browser has. */
const MAX_BUILT = 2 ** 30
/** A browser reads what is saved from its address at the click. Some do it a little later, in milliseconds. */
const READ_MS = 60_000
/** Saves everything as one zip, so that memory use is bounded. */
export async function saveAll(share: Share): Promise<void> {
  const name = await api().shares.archiveName(share.id)
  const url = new URL(`zip/${share.id}`, document.baseURI)
  await save({ share: share.id, name, total: share.size }, url, signal => api().shares.archive(share.id, undefined, { signal }))
}

/** Firefox takes no address of a million characters. */
const MAX_ADDRESS = 500_000

/** Saves some files of a share: one as it is, several as a zip. */
export async function saveSome(share: Share, files: readonly FileName[]): Promise<void> {
  const [only] = files.length === 1 ? files : []
  if (only) return saveFile(share, await api().shares.file(share.id, only.path))
  const paths = files.map(({ path }) => path)
  const url = new URL(`zip/${share.id}`, document.baseURI)
  for (const path of paths) url.searchParams.append('path', path)
  if (url.href.length > MAX_ADDRESS) return notify(s.selection.tooMany, 'bad')
  const [name, total] = [await api().shares.archiveName(share.id), files.reduce((sum, { size }) => sum + size, 0)]
  await save({ share: share.id, name, total }, url, signal => api().shares.archive(share.id, paths, { signal }))
}

export async function saveFile(share: Pick<Share, 'id'>, { path, portableName, size }: FileEntry): Promise<void> {
  const url = new URL(api().shares.url(share.id, path), document.baseURI)
  const about = { share: share.id, path, name: portableName, total: size }
  await save(about, url, signal => api().shares.readPatiently(share.id, path, { signal }))
}

/** Saves a file, and says why if that cannot be. */
export const saveOrSay = (share: Pick<Share, 'id'>, file: FileEntry): void =>
  void saveFile(share, file).catch(error => notify(wordsFor(error), 'bad'))

/**
 * Saves everything into a folder named after the share, in a folder that the reader picks. Returns the name of the picked
 * one, or null if none was picked.
 */
export async function saveToFolder(share: Share): Promise<string | null> {
  const folder = await pickFolder()
  if (!folder) return null
  announceEnd(await api().shares.save(share.id, folder))
  return folder.name
}

/** Has the person choose a folder. Resolves to null if they chose none. */
export async function pickFolder(): Promise<FileSystemDirectoryHandle | null> {
  const pick = (window as unknown as FolderPicker).showDirectoryPicker
  return pick({ mode: 'readwrite', id: 'spinney' }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    throw error
  })
}

// Not in TypeScript's types: only Chromium has it.
interface FolderPicker {
  showDirectoryPicker(options: { mode: 'readwrite'; id: string }): Promise<FileSystemDirectoryHandle>
}

type About = Pick<Save, 'share' | 'path' | 'name' | 'total'> & { total: number }

/** Has the service worker stream it, or puts it together here where there is none. */
async function save(about: About, url: URL, read: (signal: AbortSignal) => ReadableStream<Uint8Array>): Promise<void> {
  const id = crypto.randomUUID()
  if (await isServed()) {
    url.searchParams.set('save', id)
    putSave({ ...about, id, bytes: 0, state: 'started' })
    follow(url.href)
  } else if (about.total > MAX_BUILT) {
    notify(s.saving.tooLarge(about.name, MAX_BUILT), 'bad')
  } else {
    await build({ ...about, id }, read)
  }
}

async function build(about: About & { id: string }, read: (signal: AbortSignal) => ReadableStream<Uint8Array>): Promise<void> {
  const abort = new AbortController()
  let bytes = 0
  const tell = () => putSave({ ...about, bytes, state: 'building', cancel: () => abort.abort() })
  tell()
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.length
      tell()
      controller.enqueue(piece)
    },
  })
  try {
    const blob = await new Response(read(abort.signal).pipeThrough(counted)).blob()
    const url = URL.createObjectURL(blob)
    follow(url, about.name)
    setTimeout(() => URL.revokeObjectURL(url), READ_MS)
    removeSave(about.id)
  } catch (error) {
    const code = codeOf(error)
    if (wasCancelled(error)) removeSave(about.id)
    else putSave({ ...about, bytes, state: 'failed', ...(code && { code }) })
  }
}

/** Follows a link without leaving the page. With a name, what it leads to is downloaded under it. */
function follow(url: string, name?: string): void {
  const link = document.createElement('a')
  link.href = url
  if (name !== undefined) link.download = name
  link.click()
}
