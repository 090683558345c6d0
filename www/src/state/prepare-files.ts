/** Prepares files for the engine: makes previews and removes the location from pictures. */

import type { NewFile } from '../contract'
import { codeOf, UnreadableError } from '../errors'
import { makePreview, withoutLocation } from '../previews'
import { isReadable, unreadablePaths } from '../same-bytes'
import type { SelectedFile } from '../selected-files'
import { SpinneyError } from '../spinney'

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
  let isUnreadable = false
  for (const found of all) {
    onStep?.(files.length + stuck.length, all.length)
    const preview = await (previewOf?.(found) ?? makePreview(found.file, signal))
    signal?.throwIfAborted()
    try {
      const file = keepLocation ? found.file : await withoutLocation(found.file, signal)
      files.push({ path: found.path, file, ...(preview && { preview }) })
    } catch (error) {
      if (signal?.aborted) throw error
      if (await isReadable(found.file)) stuck.push(found.path)
      else isUnreadable = true
    }
  }
  if (isUnreadable) throw new UnreadableError(await unreadablePaths(all))
  if (stuck.length) throw new LocationError(stuck)
  return files
}

/** Names all files that cannot be read, if an error is about one of them: so the person can leave all out at once. */
export async function withAllUnreadable(error: unknown, files: readonly SelectedFile[]): Promise<unknown> {
  if (codeOf(error) !== 'file-changed') return error
  const named = error instanceof SpinneyError && error.path !== undefined ? [error.path] : []
  const paths = new Set([...named, ...(await unreadablePaths(files))])
  return paths.size ? new UnreadableError([...paths]) : error
}

/** The paths of the files that stand in the way of the others. */
export const pathsInTheWay = (error: unknown): readonly string[] =>
  error instanceof UnreadableError || error instanceof LocationError ? error.paths : []
