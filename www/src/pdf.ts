/** The first page of a PDF as a picture, for its preview. */

import { BoundedWorker } from './bounded-worker'
import type { Job } from './pdf.job'

/** A page that takes longer is one that a phone would hardly show. */
const PATIENCE_MS = 15_000

const renderer = new BoundedWorker<Job>(
  () => new Worker(new URL('./pdf.worker.ts', import.meta.url), { type: 'module', name: 'pdf' }),
  PATIENCE_MS,
)

export const isPdf = (type: string): boolean => type === 'application/pdf'

/** Null if the document is broken, asks for a password, or takes too long. */
export const firstPage = (file: Blob, side: number, signal?: AbortSignal): Promise<Blob | null> => renderer.ask({ file, side }, signal)
