/** Compares files by their bytes: name, size and date say nothing about what is in a file. */

/** Most files that differ do so at their beginning, and this much costs no more to read than a byte. */
const FIRST = 64 * 1024
/** So much of each file is in memory at once. */
const PIECE = 4 * 1024 * 1024

/** Whether two files have the same bytes. Rejects if one of them cannot be read. */
export async function sameBytes(a: Blob, b: Blob): Promise<boolean> {
  if (a.size !== b.size) return false
  for (let from = 0, to = FIRST; from < a.size; from = to, to += PIECE) {
    const [one, other] = await Promise.all([a, b].map(async file => new Uint8Array(await file.slice(from, to).arrayBuffer())))
    if (!one || !other || one.length !== other.length || one.some((byte, at) => byte !== other[at])) return false
  }
  return true
}

/** Whether the browser can still read a file: it may have been changed, moved or removed since it was chosen. */
export async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer()
    return true
  } catch {
    return false
  }
}

/** Files that are asked at once whether they can be read. */
const ASKED_AT_ONCE = 16

/** The paths of those files that cannot be read. */
export async function unreadablePaths(files: readonly { path: string; file: Blob }[]): Promise<string[]> {
  const unreadable: string[] = []
  for (let at = 0; at < files.length; at += ASKED_AT_ONCE) {
    const some = files.slice(at, at + ASKED_AT_ONCE)
    const readable = await Promise.all(some.map(({ file }) => isReadable(file)))
    unreadable.push(...some.filter((_, i) => !readable[i]).map(({ path }) => path))
  }
  return unreadable
}
