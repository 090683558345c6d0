/** Previews, avatars and pictures without their place, made by a worker of its own so that the window stays free. */

import type { Answer, Job, Kind } from './previews.job'

/** What browsers decode to pixels. SVG is a document, so never one of them. */
const RASTER = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/bmp'])
/** Beyond this a decoder's pixels could fill the memory of a phone. */
const MAX_PICTURE_BYTES = 96 * 1024 * 1024

export const isPicture = (type: string): boolean => RASTER.has(type)

/** A preview of at most 16 KiB; null where the file is no picture that this browser decodes. */
export function makePreview(file: File, signal?: AbortSignal): Promise<Blob | null> {
  if (!isPicture(file.type) || file.size > MAX_PICTURE_BYTES) return Promise.resolve(null)
  return request('preview', file, signal)
}

/** A square of at most 48 KiB for a profile; null where the picture cannot be used. */
export function makeAvatar(file: File): Promise<Blob | null> {
  if (!isPicture(file.type) || file.size > MAX_PICTURE_BYTES) return Promise.resolve(null)
  return request('avatar', file)
}

/** The same file without the place in its metadata; rejects where that cannot be done. */
export async function withoutLocation(file: File, signal?: AbortSignal): Promise<File> {
  if (file.type !== 'image/jpeg') return file
  const clean = await request('location', file, signal)
  return clean ? new File([clean], file.name, { type: file.type, lastModified: file.lastModified }) : file
}

interface PendingJob {
  resolve: (blob: Blob | null) => void
  reject: (error: Error) => void
}

const pendingJobs = new Map<number, PendingJob>()
let worker: Worker | undefined
let last = 0

function request(kind: Kind, file: File, signal?: AbortSignal): Promise<Blob | null> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    worker ??= startWorker()
    const id = ++last
    pendingJobs.set(id, { resolve, reject })
    signal?.addEventListener('abort', () => settle(id)?.reject(new DOMException('aborted', 'AbortError')), { once: true })
    worker.postMessage({ id, kind, file } satisfies Job)
  })
}

function startWorker(): Worker {
  const made = new Worker(new URL('./previews.worker.ts', import.meta.url), { type: 'module', name: 'previews' })
  made.onmessage = ({ data: { id, blob, error } }: MessageEvent<Answer>) => {
    const asked = settle(id)
    if (error === undefined) asked?.resolve(blob)
    else asked?.reject(new Error(error))
  }
  // A decoder that brings the worker down takes what it was asked with it; the next question starts another.
  made.onerror = () => {
    for (const id of [...pendingJobs.keys()]) settle(id)?.resolve(null)
    made.terminate()
    worker = undefined
  }
  return made
}

function settle(id: number): PendingJob | undefined {
  const asked = pendingJobs.get(id)
  pendingJobs.delete(id)
  return asked
}
