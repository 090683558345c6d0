/** Prepares files for the engine: makes previews and removes the location from pictures. */

import type { NewFile } from '../contract'
import { codeOf, UnreadableError } from '../errors'
import { withTrueType } from '../media-type'
import { LocationStays, makePreview, withoutLocation } from '../previews'
import { isReadable, unreadablePaths } from '../same-bytes'
import type { SelectedFile } from '../selected-files'
import { SpinneyError } from '../spinney'

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

/** Files that are prepared at once, so that none waits for the disk to answer about the one before. */
const AT_ONCE = 8

export async function prepareFiles(
  all: readonly SelectedFile[],
  { keepLocation, asTheyAre, signal, previewOf, onStep }: PrepareOptions,
): Promise<NewFile[]> {
  const files: NewFile[] = []
  const stuck = new Set<SelectedFile>()
  let isUnreadable = false
  let done = 0
  const prepare = async (found: SelectedFile, preview: Blob | null): Promise<NewFile | undefined> => {
    try {
      const stays = keepLocation || asTheyAre?.has(found.path)
      const file = await (stays ? withTrueType(found.file) : withoutLocation(found.file, signal))
      return { path: found.path, file, ...(preview && { preview }) }
    } catch (error) {
      if (signal?.aborted) throw error
      if (!(await isReadable(found.file))) isUnreadable = true
      else if (error instanceof LocationStays) stuck.add(found)
      else throw error
      return undefined
    } finally {
      onStep?.(++done, all.length)
    }
  }
  onStep?.(0, all.length)
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some: Promise<NewFile | undefined>[] = []
    for (const found of all.slice(at, at + AT_ONCE)) {
      // One after the other: a film that is decoded needs much memory.
      const preview = await (previewOf?.(found) ?? makePreview(found.file, signal))
      signal?.throwIfAborted()
      some.push(prepare(found, preview ?? null))
    }
    files.push(...(await Promise.all(some)).filter(file => file !== undefined))
  }
  if (isUnreadable) throw new UnreadableError(await unreadablePaths(all))
  if (stuck.size) throw new LocationError(all.filter(found => stuck.has(found)).map(({ path }) => path))
  return files
}

/** Names all files that cannot be read, if an error is about one of them: so the person can leave all out at once. */
export async function withAllUnreadable(error: unknown, files: readonly SelectedFile[]): Promise<unknown> {
  if (codeOf(error) !== 'file-changed') return error
  const named = error instanceof SpinneyError && error.parameters.path !== undefined ? [error.parameters.path] : []
  const paths = new Set([...named, ...(await unreadablePaths(files))])
  return paths.size ? new UnreadableError([...paths]) : error
}

/** The paths of the files that cannot be read and stand in the way of the others. */
export const pathsInTheWay = (error: unknown): readonly string[] => (error instanceof UnreadableError ? error.paths : [])
