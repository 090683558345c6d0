/** Bytes of a file; never empty. */
export interface Range {
  offset: number
  length: number
}

/**
 * What a request asks of a file of `size` bytes (RFC 9110, 14.2): undefined stands for all of it, which is also the
 * answer to several ranges, to units other than bytes, and to a condition on a version, of which there is only one.
 */
export function requestedRange(headers: Headers, size: number): Range | 'unsatisfiable' | undefined {
  if (headers.has('If-Range')) return undefined
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('Range')?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length > 0 ? { offset: size - length, length } : 'unsatisfiable'
  }
  const offset = Number(first)
  if (last !== '' && Number(last) < offset) return undefined
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  return offset < size ? { offset, length: end - offset } : 'unsatisfiable'
}
