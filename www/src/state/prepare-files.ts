/** Files as the engine takes them: each with its small picture, and pictures without where they were taken. */

import type { NewFile } from '../contract'
import { makePreview, withoutLocation } from '../previews'
import type { SelectedFile } from '../selected-files'

/** Pictures whose place could not be taken out: they are named instead of shared. */
export class LocationError extends Error {
  constructor(readonly paths: readonly string[]) {
    super('places could not be taken out')
  }
}

interface PrepareOptions {
  keepPlaces: boolean
  signal?: AbortSignal
  /** The small picture of one of them; undefined or null where there is none. */
  pictureOf?: (file: SelectedFile) => Promise<Blob | null | undefined>
  onStep?: (done: number, of: number) => void
}

export async function prepareFiles(all: readonly SelectedFile[], { keepPlaces, signal, pictureOf, onStep }: PrepareOptions): Promise<NewFile[]> {
  const files: NewFile[] = []
  const stuck: string[] = []
  for (const found of all) {
    onStep?.(files.length + stuck.length, all.length)
    const picture = await (pictureOf?.(found) ?? makePreview(found.file, signal))
    signal?.throwIfAborted()
    try {
      const file = keepPlaces ? found.file : await withoutLocation(found.file, signal)
      files.push({ path: found.path, file, ...(picture && { preview: picture }) })
    } catch (error) {
      if (signal?.aborted) throw error
      stuck.push(found.path)
    }
  }
  if (stuck.length) throw new LocationError(stuck)
  return files
}
