/** Makes previews and avatars and removes locations, in a worker so that the window stays responsive. */

import { filmStill } from './film-still'
import { heifPicture, isHeif } from './heif'
import { isFilm, isPicture, withTrueType } from './media-type'
import { firstPage, isPdf } from './pdf'
import type { Answer, Job, Kind } from './previews.job'

/** The pixels of a larger picture could fill the memory of a phone. */
const MAX_PICTURE_BYTES = 96 * 1024 * 1024
/** Enough pixels for a preview or an avatar, which is made smaller still. */
const STILL_SIDE = 640

/** A preview of at most 16 KiB; null if the file cannot be decoded as a picture, film or PDF. */
export async function makePreview(file: File, signal?: AbortSignal): Promise<Blob | null> {
  const known = await withTrueType(file)
  const { type } = known
  if (isFilm(type)) {
    const still = await filmStill(known, signal)
    return still && request('preview', still, signal)
  }
  if (isPdf(type)) {
    const page = await firstPage(known, STILL_SIDE, signal)
    return page && request('preview', page, signal)
  }
  if (!isPicture(type) || file.size > MAX_PICTURE_BYTES) return null
  return pictured('preview', known, signal)
}

/** A square picture of at most 48 KiB for a profile; null if the file cannot be used. */
export async function makeAvatar(file: File): Promise<Blob | null> {
  const known = await withTrueType(file)
  if (!isPicture(known.type) || file.size > MAX_PICTURE_BYTES) return null
  return pictured('avatar', known)
}

/** By the browser's decoders, and where it has none for HEIC by that of the page. */
async function pictured(kind: Kind, file: File, signal?: AbortSignal): Promise<Blob | null> {
  const made = await request(kind, file, signal)
  if (made || !isHeif(file)) return made
  const decoded = await heifPicture(file, STILL_SIDE, signal)
  return decoded && request(kind, decoded, signal)
}

/** The location may be in a file, and cannot be removed. */
export class LocationStays extends Error {}

/**
 * The same file without the location in its metadata, with the type that it has. Rejects with `LocationStays` if the
 * location cannot be removed.
 */
export async function withoutLocation(found: File, signal?: AbortSignal): Promise<File> {
  const file = await withTrueType(found)
  const clean = await request('location', file, signal)
  return clean ? new File([clean], file.name, { type: file.type, lastModified: file.lastModified }) : file
}

interface PendingJob {
  kind: Kind
  resolve: (blob: Blob | null) => void
  reject: (error: Error) => void
  /** Lets go of the signal that could end it. */
  ended: () => void
}

const pendingJobs = new Map<number, PendingJob>()
let worker: Worker | undefined
let last = 0

function request(kind: Kind, file: Blob, signal?: AbortSignal): Promise<Blob | null> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    worker ??= startWorker()
    const id = ++last
    const abort = () => settle(id)?.reject(new DOMException('aborted', 'AbortError'))
    // Thousands of files share one signal.
    const ended = () => signal?.removeEventListener('abort', abort)
    pendingJobs.set(id, { kind, resolve, reject, ended })
    signal?.addEventListener('abort', abort)
    worker.postMessage({ id, kind, file } satisfies Job)
  })
}

function startWorker(): Worker {
  const made = new Worker(new URL('./previews.worker.ts', import.meta.url), { type: 'module', name: 'previews' })
  made.onmessage = ({ data: { id, blob, locationStays } }: MessageEvent<Answer>) => {
    const asked = settle(id)
    if (locationStays) asked?.reject(new LocationStays())
    else asked?.resolve(blob)
  }
  // If a decoder crashes the worker, its pending jobs get no picture. The next job starts a new worker.
  made.onerror = () => {
    for (const id of [...pendingJobs.keys()]) {
      const asked = settle(id)
      if (asked?.kind === 'location') asked.reject(new LocationStays())
      else asked?.resolve(null)
    }
    made.terminate()
    worker = undefined
  }
  return made
}

function settle(id: number): PendingJob | undefined {
  const asked = pendingJobs.get(id)
  pendingJobs.delete(id)
  asked?.ended()
  return asked
}
