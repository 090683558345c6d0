/**
 * Reads parts of a file and notes what to overwrite in it. A file of many gigabytes is never read as a whole.
 *
 * Reading shows the file as it was. Where notes overlap, the later one counts.
 */

/** The place in this file cannot be removed for certain. The page names the file. */
export class CannotClean extends Error {
  override readonly name: string = 'CannotClean'
}

/** What looked like the beginning of a picture does not go on as one. */
export class NoPicture extends CannotClean {}

/** Small reads are served from a piece of this size, so that a list of short parts costs few reads. */
const PIECE = 16 * 1024
/** More reads than the largest GIF needs, which has a part every 255 bytes; a broken file ends here. */
const MAX_READS = 4_000_000
/** Metadata that is looked at as a whole: depth maps in XMP have some megabytes. Also what a phone can spare. */
const MAX_PART = 64 * 1024 * 1024
/** A long film has some ten thousand pieces of telemetry. */
const MAX_EDITS = 200_000
/** What is overwritten with one byte is put together from blocks of this size. */
const FILL = 64 * 1024

export interface Span {
  at: number
  length: number
}

interface Edit extends Span {
  /** What replaces the span, or the byte that fills it. */
  by: Uint8Array<ArrayBuffer> | number
}

/** The file, and the notes of what to overwrite in it. */
class Original {
  private readonly edits: Edit[] = []
  private piece = { at: 0, bytes: new Uint8Array() }
  private reads = 0

  constructor(readonly blob: Blob) {}

  async read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.reads += 1
    if (this.reads > MAX_READS) throw new CannotClean('the file has too many parts')
    const end = Math.min(at + length, this.blob.size)
    if (at < this.piece.at || end > this.piece.at + this.piece.bytes.length) {
      const to = Math.min(Math.max(end, at + PIECE), this.blob.size)
      this.piece = { at, bytes: new Uint8Array(await this.blob.slice(at, to).arrayBuffer()) }
    }
    return this.piece.bytes.slice(at - this.piece.at, end - this.piece.at)
  }

  edit(edit: Edit): void {
    if (this.edits.length >= MAX_EDITS) throw new CannotClean('too much would have to be overwritten')
    if (edit.length > 0) this.edits.push(edit)
  }

  result(): Blob | null {
    if (!this.edits.length) return null
    const parts: BlobPart[] = []
    let end = 0
    for (const edit of merged(this.edits)) {
      parts.push(this.blob.slice(end, edit.at), ...partsOf(edit))
      end = edit.at + edit.length
    }
    return new Blob([...parts, this.blob.slice(end)], { type: this.blob.type })
  }
}

/** A part of a file, or several parts that belong together. */
export class View {
  readonly size: number

  private constructor(
    private readonly original: Original,
    private readonly spans: readonly Span[],
  ) {
    this.size = spans.reduce((sum, { length }) => sum + length, 0)
  }

  static of(file: Blob): View {
    return new View(new Original(file), [{ at: 0, length: file.size }])
  }

  /** Up to `length` bytes, which are a copy: fewer at the end, none beyond it. */
  async read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const spans = this.located(at, length)
    if (spans.reduce((sum, span) => sum + span.length, 0) > MAX_PART) throw new CannotClean('a part of the metadata is too large')
    const [only, ...others] = spans
    if (!only) return new Uint8Array()
    if (!others.length) return this.original.read(only.at, only.length)
    const parts: Uint8Array<ArrayBuffer>[] = []
    for (const span of [only, ...others]) parts.push(await this.original.read(span.at, span.length))
    return joined(parts)
  }

  /** All of it, for metadata. */
  all(): Promise<Uint8Array<ArrayBuffer>> {
    return this.read(0, this.size)
  }

  async u32(at: number): Promise<number> {
    const bytes = await this.read(at, 4)
    return bytes.length < 4 ? 0 : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  }

  /** Overwrites what is there. What goes beyond the end is left out. */
  write(at: number, bytes: Uint8Array<ArrayBuffer>): void {
    let from = 0
    for (const span of this.located(at, bytes.length)) {
      this.original.edit({ ...span, by: bytes.subarray(from, from + span.length) })
      from += span.length
    }
  }

  fill(at: number, length: number, byte = 0): void {
    for (const span of this.located(at, length)) this.original.edit({ ...span, by: byte })
  }

  /** Puts bytes of another length in place of these. Only for formats that name no offsets. */
  replace(at: number, length: number, bytes: Uint8Array<ArrayBuffer>): void {
    const [only, ...others] = this.located(at, length)
    if (!only || others.length || only.length !== length) throw new CannotClean('the part is not in one piece')
    this.original.edit({ ...only, by: bytes })
  }

  /** The part from `at` on; it ends with this view, if not before. */
  part(at: number, length = Number.POSITIVE_INFINITY): View {
    return new View(this.original, this.located(at, length))
  }

  /** Several parts of this view as one. */
  parts(spans: readonly Span[]): View {
    return new View(
      this.original,
      spans.flatMap(({ at, length }) => this.located(at, length)),
    )
  }

  /** The file with everything overwritten; null if there was nothing to overwrite. */
  result(): Blob | null {
    return this.original.result()
  }

  /** Where a part of this view is in the file. */
  private located(at: number, length: number): Span[] {
    const found: Span[] = []
    let start = 0
    for (const span of this.spans) {
      const [from, to] = [Math.max(at, start), Math.min(at + length, start + span.length)]
      if (from < to) found.push({ at: span.at + from - start, length: to - from })
      start += span.length
    }
    return found
  }
}

/** The edits in the order of the file, those that overlap as one. */
function merged(edits: readonly Edit[]): Edit[] {
  const order = edits.map((edit, index) => ({ edit, index })).sort((a, b) => a.edit.at - b.edit.at || a.index - b.index)
  const groups: { edit: Edit; index: number }[][] = []
  let end = -1
  for (const each of order) {
    if (each.edit.at < end) groups.at(-1)?.push(each)
    else groups.push([each])
    end = Math.max(end, each.edit.at + each.edit.length)
  }
  return groups.map(group => overlay(group.sort((a, b) => a.index - b.index).map(({ edit }) => edit)))
}

/** Edits that overlap, from the first to the last, as one edit. */
function overlay(edits: readonly Edit[]): Edit {
  const [only, ...others] = edits
  if (only && !others.length) return only
  const at = Math.min(...edits.map(edit => edit.at))
  const length = Math.max(...edits.map(edit => edit.at + edit.length)) - at
  if (length > MAX_PART) throw new CannotClean('a part of the metadata is too large')
  const bytes = new Uint8Array(length)
  for (const { by, ...span } of edits) {
    if (typeof by === 'number') bytes.fill(by, span.at - at, span.at - at + span.length)
    else if (by.length === span.length) bytes.set(by, span.at - at)
    else throw new CannotClean('two parts of the metadata overlap')
  }
  return { at, length, by: bytes }
}

function partsOf({ length, by }: Edit): BlobPart[] {
  if (typeof by !== 'number') return [by]
  const block = new Uint8Array(Math.min(FILL, length)).fill(by)
  const whole = Array.from({ length: Math.floor(length / block.length) }, () => block)
  return [...whole, block.subarray(0, length % block.length)]
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Bytes as text of one character each. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

export const asciiBytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, char => char.charCodeAt(0))

/** Cleans what a file contains as a file of its own: an appended picture, a moving picture's film. Returns where it ends. */
export type Nested = (view: View) => Promise<number>
