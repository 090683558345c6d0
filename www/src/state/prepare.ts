/** Files as the engine takes them: each with its small picture, and pictures without where they were taken. */

import type { NewFile } from '../contract'
import type { Found } from '../picked'
import { preview, withoutPlace } from '../previews'

/** Pictures whose place could not be taken out: they are named instead of shared. */
export class PlacesKept extends Error {
  constructor(readonly paths: readonly string[]) {
    super('places could not be taken out')
  }
}

interface How {
  keepPlaces: boolean
  signal?: AbortSignal
  /** The small picture of one of them; undefined or null where there is none. */
  pictureOf?: (file: Found) => Promise<Blob | null | undefined>
  onStep?: (done: number, of: number) => void
}

export async function prepare(all: readonly Found[], { keepPlaces, signal, pictureOf, onStep }: How): Promise<NewFile[]> {
  const files: NewFile[] = []
  const stuck: string[] = []
  for (const found of all) {
    onStep?.(files.length + stuck.length, all.length)
    const picture = await (pictureOf?.(found) ?? preview(found.file, signal))
    signal?.throwIfAborted()
    try {
      const file = keepPlaces ? found.file : await withoutPlace(found.file, signal)
      files.push({ path: found.path, file, ...(picture && { preview: picture }) })
    } catch (error) {
      if (signal?.aborted) throw error
      stuck.push(found.path)
    }
  }
  if (stuck.length) throw new PlacesKept(stuck)
  return files
}
