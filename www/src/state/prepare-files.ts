/** Prepares files for the engine: makes previews and removes the location from pictures. */

import type { NewFile } from '../contract'
import { makePreview, withoutLocation } from '../previews'
import type { SelectedFile } from '../selected-files'

/** Some locations could not be removed. The page names these pictures instead of sharing them. */
export class LocationError extends Error {
  constructor(readonly paths: readonly string[]) {
    super('the location could not be removed')
  }
}

interface PrepareOptions {
  keepLocation: boolean
  signal?: AbortSignal
  /** The preview of a file; undefined or null if it has none. */
  previewOf?: (file: SelectedFile) => Promise<Blob | null | undefined>
  onStep?: (done: number, of: number) => void
}

export async function prepareFiles(
  all: readonly SelectedFile[],
  { keepLocation, signal, previewOf, onStep }: PrepareOptions,
): Promise<NewFile[]> {
  const files: NewFile[] = []
  const stuck: string[] = []
  for (const found of all) {
    onStep?.(files.length + stuck.length, all.length)
    const preview = await (previewOf?.(found) ?? makePreview(found.file, signal))
    signal?.throwIfAborted()
    try {
      const file = keepLocation ? found.file : await withoutLocation(found.file, signal)
      files.push({ path: found.path, file, ...(preview && { preview }) })
    } catch (error) {
      if (signal?.aborted) throw error
      stuck.push(found.path)
    }
  }
  if (stuck.length) throw new LocationError(stuck)
  return files
}
