/** Prepares files for the engine: makes previews and removes the location from pictures. */

import type { NewFile } from '../contract'
import { withTrueType } from '../media-type'
import { LocationStays, makePreview, withoutLocation } from '../previews'
import type { SelectedFile } from '../selected-files'

/** These files may tell where they were taken, and it cannot be removed. The page asks before it shares them. */
export class LocationError extends Error {
  constructor(readonly paths: readonly string[]) {
    super('the location could not be removed')
  }
}

interface PrepareOptions {
  keepLocation: boolean
  /** Paths of files that are shared as they are, although they may tell where they were taken. */
  asTheyAre?: ReadonlySet<string>
  signal?: AbortSignal
  /** The preview of a file; undefined or null if it has none. */
  previewOf?: (file: SelectedFile) => Promise<Blob | null | undefined>
  onStep?: (done: number, of: number) => void
}

export async function prepareFiles(
  all: readonly SelectedFile[],
  { keepLocation, asTheyAre, signal, previewOf, onStep }: PrepareOptions,
): Promise<NewFile[]> {
  const files: NewFile[] = []
  const stuck: string[] = []
  for (const found of all) {
    onStep?.(files.length + stuck.length, all.length)
    const preview = await (previewOf?.(found) ?? makePreview(found.file, signal))
    signal?.throwIfAborted()
    try {
      const stays = keepLocation || asTheyAre?.has(found.path)
      const file = await (stays ? withTrueType(found.file) : withoutLocation(found.file, signal))
      files.push({ path: found.path, file, ...(preview && { preview }) })
    } catch (error) {
      if (!(error instanceof LocationStays)) throw error
      stuck.push(found.path)
    }
  }
  if (stuck.length) throw new LocationError(stuck)
  return files
}
