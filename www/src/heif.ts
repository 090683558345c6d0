/** HEIC and HEIF, the pictures of iPhones, where the browser does not decode them itself: only Safari does. */

import { BoundedWorker } from './bounded-worker'
import type { Job } from './heif.job'

/** A phone takes some seconds for 48 million pixels. */
const PATIENCE_MS = 40_000
/** A larger file is none that a camera made. */
const MAX_BYTES = 64 * 1024 * 1024

const decoder = new BoundedWorker<Job>(
  () => new Worker(new URL('./heif.worker.ts', import.meta.url), { type: 'module', name: 'heif' }),
  PATIENCE_MS,
)

/** Whether a picture of this type and size is one for `heifPicture`. */
export const isHeif = ({ type, size }: { type: string; size: number }): boolean =>
  (type === 'image/heic' || type === 'image/heif') && size <= MAX_BYTES

/** The picture in a form that every browser shows: upright, the first one of several. Null if it cannot be decoded. */
export const heifPicture = (file: Blob, side?: number, signal?: AbortSignal): Promise<Blob | null> =>
  decoder.ask({ file, ...(side !== undefined && { side }) }, signal)
