/**
 * Takes the place out of a JPEG's metadata (ISO 10918-1 segments, Exif 2.32 §4.6.6, CIPA DC-007 for the pictures that
 * cameras append) without touching its pixels.
 *
 * Nothing moves: what tells a place is overwritten where it stands, so offsets inside the metadata stay true. Only the
 * head is read; the rest of the file stays a slice that the browser reads when it is asked for.
 */

/** Heads are some ten KiB; embedded previews and colour profiles bring them to hundreds. */
const LARGEST_HEAD = 4 * 1024 * 1024
/** A camera appends one or two pictures (a gain map, a large preview). */
const MOST_PICTURES = 8

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP1 = 0xe1
const APP2 = 0xe2
const APP13 = 0xed

const GPS_POINTER = 0x8825
const MP_ENTRY = 0xb002
/** Bytes of one value of each TIFF type, by its number. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

/** The picture without its place; null where none is in it or it is no JPEG. Rejects a head that has no end. */
export async function withoutPlace(file: Blob): Promise<Blob | null> {
  const parts: Blob[] = []
  let end = 0
  let changed = false
  const starts = [0]
  for (let at = starts.shift(), n = 0; at !== undefined && n < MOST_PICTURES; at = starts.shift(), n += 1) {
    if (at < end || at >= file.size) continue
    const head = await readHead(file.slice(at, at + LARGEST_HEAD))
    if (!head) continue
    const { touched, appended } = clean(head)
    changed ||= touched
    parts.push(file.slice(end, at), new Blob([head]))
    end = at + head.length
    if (n === 0) starts.push(...appended.sort((a, b) => a - b))
  }
  return changed ? new Blob([...parts, file.slice(end)], { type: file.type }) : null
}

/** Everything before the first scan; null if this is no JPEG, even if its name says so. */
async function readHead(from: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  for (let length = 128 * 1024; ; length *= 4) {
    const bytes = new Uint8Array(await from.slice(0, length).arrayBuffer())
    if (bytes[0] !== 0xff || bytes[1] !== SOI) return null
    const last = [...segments(bytes)].at(-1)
    if (last && (last.marker === SOS || last.marker === EOI)) return bytes.slice(0, last.start)
    if (length >= from.size || length >= LARGEST_HEAD) throw new Error('the head of this JPEG is too long or broken')
  }
}

interface Segment {
  marker: number
  /** Where its content is, after the length. */
  start: number
  end: number
}

/** The segments that are whole in `bytes`, to the first scan. */
function* segments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return
    const marker = bytes[at + 1] ?? 0
    // Any number of fill bytes may come before a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === SOS || marker === EOI) {
      yield { marker, start: at, end: at }
      return
    }
    const end = at + 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
    if (end < at + 4 || end > bytes.length) return
    yield { marker, start: at + 4, end }
    at = end
  }
}

function clean(head: Uint8Array<ArrayBuffer>): { touched: boolean; appended: number[] } {
  let touched = false
  const appended: number[] = []
  for (const { marker, start, end } of segments(head)) {
    const content = head.subarray(start, end)
    if (marker === APP1 && begins(content, 'Exif\0')) touched = cleanExif(content.subarray(6)) || touched
    else if (marker === APP1 && begins(content, 'http://ns.adobe.com/x')) touched = cleanXmp(content) || touched
    // Photoshop's block holds IPTC's city, region and country.
    else if (marker === APP13) touched = blank(content) || touched
    else if (marker === APP2 && begins(content, 'MPF\0')) appended.push(...appendedPictures(content.subarray(4), start + 4))
  }
  return { touched, appended }
}

/** Empties the GPS directory of a TIFF structure. */
function cleanExif(tiff: Uint8Array<ArrayBuffer>): boolean {
  const view = Tiff.of(tiff)
  if (!view) return false
  let touched = false
  for (const directory of view.directories()) {
    for (const entry of directory.entries) {
      if (entry.tag !== GPS_POINTER) continue
      // The pointer stays, to a directory of no entries, so that nothing has to move.
      touched = view.blankDirectory(view.u32(entry.at + 8)) || touched
    }
  }
  return touched
}

// Any of these in a packet: it tells a place. It goes as a whole, since XML cannot be cut without a parser.
const PLACES = ['GPS', 'Location', 'City', 'geo:', 'CountryName', 'Country']

function cleanXmp(content: Uint8Array<ArrayBuffer>): boolean {
  const text = new TextDecoder('latin1').decode(content)
  if (!PLACES.some(place => text.includes(place))) return false
  const nul = content.indexOf(0)
  return blank(content.subarray(nul < 0 ? 0 : nul + 1), 0x20)
}

function blank(bytes: Uint8Array<ArrayBuffer>, by = 0): boolean {
  bytes.fill(by)
  return bytes.length > 0
}

/** Where the pictures begin that a Multi-Picture file appends, in the file; `base` is where its TIFF header stands. */
function appendedPictures(mpf: Uint8Array<ArrayBuffer>, base: number): number[] {
  const view = Tiff.of(mpf)
  const entry = view
    ?.directories()
    .next()
    .value?.entries.find(each => each.tag === MP_ENTRY)
  if (!view || !entry) return []
  const bytes = view.u32(entry.at + 4)
  const table = view.u32(entry.at + 8)
  const starts: number[] = []
  for (let at = table; at + 16 <= Math.min(table + bytes, mpf.length); at += 16) {
    const offset = view.u32(at + 8)
    // The first one is this picture itself, with offset 0.
    if (offset) starts.push(base + offset)
  }
  return starts
}

function begins(bytes: Uint8Array, text: string): boolean {
  return [...text].every((char, i) => bytes[i] === char.charCodeAt(0))
}

interface Directory {
  entries: { tag: number; at: number }[]
}

/** Reads and blanks TIFF directories; anything outside of the bytes reads as 0 and writes nothing. */
class Tiff {
  private constructor(
    private readonly bytes: Uint8Array<ArrayBuffer>,
    private readonly little: boolean,
  ) {}

  static of(bytes: Uint8Array<ArrayBuffer>): Tiff | null {
    if (begins(bytes, 'II')) return new Tiff(bytes, true)
    return begins(bytes, 'MM') ? new Tiff(bytes, false) : null
  }

  u16(at: number): number {
    const [a = 0, b = 0] = this.bytes.subarray(at, at + 2)
    return this.little ? a | (b << 8) : (a << 8) | b
  }

  u32(at: number): number {
    const [first, second] = [this.u16(at), this.u16(at + 2)]
    return this.little ? first + second * 0x10000 : first * 0x10000 + second
  }

  /** The chain that begins in the header: the picture's directory and its thumbnail's. */
  *directories(): Generator<Directory, undefined> {
    const seen = new Set<number>()
    for (let at = this.u32(4); at >= 8 && at < this.bytes.length && !seen.has(at); ) {
      seen.add(at)
      const entries = this.entries(at)
      yield { entries }
      at = this.u32(at + 2 + entries.length * 12)
    }
  }

  /** Zeroes the values of every entry, the entries, and their number; false if there were none. */
  blankDirectory(at: number): boolean {
    if (at < 8) return false
    const entries = this.entries(at)
    for (const entry of entries) {
      const size = (TYPE_BYTES[this.u16(entry.at + 2)] ?? 1) * this.u32(entry.at + 4)
      if (size > 4) {
        const value = this.u32(entry.at + 8)
        this.bytes.fill(0, value, value + size)
      }
    }
    this.bytes.fill(0, at, at + 2 + entries.length * 12)
    return entries.length > 0
  }

  private entries(at: number): Directory['entries'] {
    const room = Math.floor((this.bytes.length - at - 2) / 12)
    return Array.from({ length: Math.max(0, Math.min(this.u16(at), room)) }, (_, i) => {
      const entry = at + 2 + i * 12
      return { tag: this.u16(entry), at: entry }
    })
  }
}
