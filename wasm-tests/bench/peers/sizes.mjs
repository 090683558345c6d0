// The sizes with which every peer is measured, so that their figures can be compared.

export const SIZE = 64 * 2 ** 20
export const SMALL_FILES = 1_000
export const SMALL = 4_096
/** Small files that are read at once. */
export const AT_ONCE = 16
/** Small messages that are sent one after the other. */
export const NEWS = 11

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
