// Bytes to send, and to compare with what came back.

/** The most that a browser returns at once. */
const AT_ONCE = 65_536

/** So many random bytes. */
export function noise(size) {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += AT_ONCE) crypto.getRandomValues(bytes.subarray(at, at + AT_ONCE))
  return bytes
}

export const equals = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])
