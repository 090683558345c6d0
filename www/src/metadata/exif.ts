/** Reads what a camera says of a picture: when it was taken, and how. Exif 3.0 §4.6; nothing here is trusted or kept. */

import { latin1 } from './view'

/** What a picture says of itself. */
export interface CameraNotes {
  /** The camera's own time, without a zone: UTC stands for it. */
  taken?: Date
  camera?: string
  /** Seconds, the f-number, the sensitivity and millimetres. */
  exposure?: number
  aperture?: number
  iso?: number
  focal?: number
}

/** Where Exif begins in JPEG, HEIC, AVIF, PNG and WebP. */
const HEAD = /(?:Exif\0\0|eXIf|EXIF.{4}(?:Exif\0\0)?)(?=II\*\0|MM\0\*)/s
const MAX_ENTRIES = 1_000
const MAX_TEXT = 100
const ENTRY = 12
const TAG = {
  make: 0x010f,
  model: 0x0110,
  exif: 0x8769,
  exposure: 0x829a,
  aperture: 0x829d,
  iso: 0x8827,
  taken: 0x9003,
  focal: 0x920a,
}
const [ASCII, SHORT, RATIONAL] = [2, 3, 5]

/** Reads the beginning of a picture, or the part of it with the notes. Empty if there are none. */
export function cameraNotes(bytes: Uint8Array): CameraNotes {
  const head = HEAD.exec(latin1(bytes))
  if (!head) return {}
  const tiff = new Tiff(bytes.subarray(head.index + head[0].length))
  const main = tiff.directory(tiff.u32(4))
  const exif = tiff.directory(tiff.number(main.get(TAG.exif)) ?? 0)
  const found = {
    taken: wallTime(tiff.text(exif.get(TAG.taken))),
    camera: cameraName(tiff.text(main.get(TAG.make)), tiff.text(main.get(TAG.model))),
    exposure: tiff.ratio(exif.get(TAG.exposure)),
    aperture: tiff.ratio(exif.get(TAG.aperture)),
    iso: tiff.number(exif.get(TAG.iso)),
    focal: tiff.ratio(exif.get(TAG.focal)),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== 0))
}

/** "2026:05:15 14:03:00" as a time; undefined if it is none. */
function wallTime(text: string | undefined): Date | undefined {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/
    .exec(text ?? '')
    ?.slice(1)
    .map(Number)
  if (!parts) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Cameras whose clock was never set write zeros.
  return year > 0 && time.getUTCMonth() === month - 1 && time.getUTCDate() === day ? time : undefined
}

/** Most models begin with the maker's name. */
function cameraName(make: string | undefined, model: string | undefined): string | undefined {
  const [first = ''] = (make ?? '').split(' ')
  return model && first && !model.toLowerCase().startsWith(first.toLowerCase()) ? `${make} ${model}` : model || make || undefined
}

interface Entry {
  type: number
  count: number
  at: number
}

/** What is cut off reads as nothing. */
class Tiff {
  private readonly view: DataView
  private readonly little: boolean

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.little = bytes[0] === 0x49
  }

  directory(at: number): Map<number, Entry> {
    const found = new Map<number, Entry>()
    if (at < 8) return found
    const count = Math.min(this.u16(at), MAX_ENTRIES)
    for (let n = 0; n < count; n += 1) {
      const entry = at + 2 + n * ENTRY
      found.set(this.u16(entry), { type: this.u16(entry + 2), count: this.u32(entry + 4), at: entry + 8 })
    }
    return found
  }

  text(entry: Entry | undefined): string | undefined {
    if (entry?.type !== ASCII) return undefined
    const length = Math.min(entry.count, MAX_TEXT)
    const at = entry.count > 4 ? this.u32(entry.at) : entry.at
    let text = ''
    for (let n = 0; n < length; n += 1) {
      const code = this.u8(at + n)
      if (code === 0) break
      if (code >= 0x20 && code !== 0x7f) text += String.fromCharCode(code)
    }
    return text.trim() || undefined
  }

  number(entry: Entry | undefined): number | undefined {
    if (!entry) return undefined
    return entry.type === SHORT ? this.u16(entry.at) : this.u32(entry.at)
  }

  ratio(entry: Entry | undefined): number | undefined {
    if (entry?.type !== RATIONAL) return undefined
    const at = this.u32(entry.at)
    const below = this.u32(at + 4)
    return below > 0 ? this.u32(at) / below : undefined
  }

  private u8(at: number): number {
    return at < this.view.byteLength ? this.view.getUint8(at) : 0
  }

  private u16(at: number): number {
    return at + 2 <= this.view.byteLength ? this.view.getUint16(at, this.little) : 0
  }

  u32(at: number): number {
    return at + 4 <= this.view.byteLength ? this.view.getUint32(at, this.little) : 0
  }
}
