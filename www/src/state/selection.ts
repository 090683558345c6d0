/** The files that the reader selects in the share on screen. */

import { signal } from '@preact/signals'

export interface Selection {
  share: string
  paths: ReadonlySet<string>
  /** Where a range begins: the file that was selected last by itself. */
  anchor: string | undefined
}

export const selection = signal<Selection | null>(null)

/** The paths selected in a share; null while none are being selected there. */
export const selectedIn = (share: string): ReadonlySet<string> | null => (selection.value?.share === share ? selection.value.paths : null)

export function beginSelection(share: string): void {
  if (selection.value?.share !== share) selection.value = { share, paths: new Set(), anchor: undefined }
}

export function endSelection(): void {
  selection.value = null
}

/** Selects a file, or no longer. */
export function toggleFile(share: string, path: string): void {
  const paths = new Set(selectedIn(share))
  if (!paths.delete(path)) paths.add(path)
  selection.value = { share, paths, anchor: path }
}

export function selectAll(share: string, paths: Iterable<string>): void {
  selection.value = { share, paths: new Set(paths), anchor: undefined }
}

/** Selects also all files from the one selected last to this one, in their order on screen. */
export function selectTo(share: string, path: string, order: readonly string[]): void {
  const anchor = selection.value?.share === share ? selection.value.anchor : undefined
  const ends = [order.indexOf(anchor ?? path), order.indexOf(path)].sort((a, b) => a - b)
  const [from = -1, to = -1] = ends
  const range = from < 0 ? [path] : order.slice(from, to + 1)
  selection.value = { share, paths: new Set([...(selectedIn(share) ?? []), ...range]), anchor: anchor ?? path }
}
