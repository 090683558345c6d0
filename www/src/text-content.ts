/** Reads text of a file whose encoding nobody tells: a byte order mark says it, and else it is UTF-8. */

/** Shown at most: a long book. More would make a phone slow. */
export const MAX_TEXT_BYTES = 512 * 1024

const MARKS: readonly [readonly number[], string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

/** The text; null if the bytes are none. With `cut`, they are the beginning of a file, and a character may be cut off. */
export function textOf(bytes: Uint8Array, cut: boolean): string | null {
  const encoding = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte))?.[1] ?? 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cut })
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}
