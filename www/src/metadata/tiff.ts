/**
 * Takes the place out of a TIFF structure (TIFF 6.0; Exif 3.0 §4.6.3 in JPEG, HEIC, PNG and WebP; DNG and GeoTIFF as
 * files). Nothing moves but the entries of a directory that lost one.
 */

import { cleanIptc, cleanPhotoshop } from './iptc'
import { mentionsPlace } from './places'
import { CannotClean, joined, latin1, type Nested, type View } from './view'
import { cleanXmp } from './xmp'

/** Pictures, previews and masks of one file; Exif has four directories. */
const MAX_DIRECTORIES = 500
/** Bytes of one value of each type, by its number. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
const ENTRY = 12

const TAG = {
  gps: 0x8825,
  xmp: 700,
  iptc: 0x83bb,
  photoshop: 0x8649,
  makerNote: 0x927c,
  thumbnail: 0x0201,
  thumbnailSize: 0x0202,
  stripOffsets: 0x0111,
  stripSizes: 0x0117,
  compression: 0x0103,
  colours: 0x0106,
  subDirectories: 0x014a,
  dngVersion: 0xc612,
  dngOriginal: 0xc68c,
}
/** Entries that point to further directories: SubIFDs, Exif, interoperability. */
const DIRECTORIES = new Set([0x014a, 0x8769, 0xa005])
/** GeoTIFF's model and keys, GDAL's words, and what Adobe's converter kept of a maker's notes. */
const PLACES = new Set([33550, 33922, 34264, 34735, 34736, 34737, 42112, 0xc634])
/** Texts in which some programs write a position: description, user comment, Windows' title, comment and keywords. */
const TEXTS = new Set([0x010e, 0x9286, 0x9c9b, 0x9c9c, 0x9c9e, 0x9c9f])
/** Apple's notes have no place; they pair Live Photos, and tell how bright a picture is to be shown. */
const APPLE = 'Apple iOS\0'
/** What the colours of a sensor's pixels are called: a filter array, or linear. */
const SENSOR = [32803, 34892]
/** Compressions whose strips are JPEG files. */
const JPEG = [6, 7]

interface Entry {
  tag: number
  type: number
  count: number
  /** Where its value is, and how long. */
  at: number
  length: number
  raw: Uint8Array
}

interface Options {
  nested: Nested
  /** A file of its own, which may be a raw picture. */
  isFile?: boolean
}

/** Whether a TIFF header begins here. */
export const isTiff = (bytes: Uint8Array): boolean => ['II*\0', 'MM\0*'].includes(latin1(bytes.subarray(0, 4)))

/** Cleans a TIFF file. Rejects if it is a raw picture with notes that only its maker's programs can read. */
export async function cleanTiffFile(view: View, nested: Nested): Promise<number> {
  const tiff = await Tiff.of(view, { nested, isFile: true })
  await tiff.clean()
  if (tiff.keepsNotes) throw new CannotClean('the notes of the maker of this camera cannot be read')
  return view.size
}

/** Cleans Exif, which is a TIFF structure. What cannot be read as one is emptied. */
export async function cleanExif(view: View, nested: Nested): Promise<void> {
  if (isTiff(await view.read(0, 4))) await (await Tiff.of(view, { nested })).clean()
  else view.fill(0, view.size)
}

class Tiff {
  /** A raw picture cannot be developed without the notes of its maker, but DNG can. */
  keepsNotes = false
  private readonly seen = new Set<number>()
  private readonly queue: number[] = []
  private isDng = false
  private isRaw = false

  private constructor(
    private readonly view: View,
    private readonly little: boolean,
    private readonly options: Options,
  ) {}

  static async of(view: View, options: Options): Promise<Tiff> {
    const header = await view.read(0, 8)
    const tiff = new Tiff(view, header[0] === 0x49, options)
    tiff.queue.push(tiff.u32(header, 4))
    return tiff
  }

  async clean(): Promise<void> {
    for (let at = this.queue.shift(); at !== undefined; at = this.queue.shift()) {
      if (at < 8 || at >= this.view.size || this.seen.has(at)) continue
      this.seen.add(at)
      if (this.seen.size > MAX_DIRECTORIES) throw new CannotClean('there are too many directories')
      await this.cleanDirectory(at)
    }
  }

  private async cleanDirectory(at: number): Promise<void> {
    const entries = await this.entries(at)
    const next = await this.view.read(at + 2 + entries.length * ENTRY, 4)
    this.isDng ||= entries.some(({ tag }) => tag === TAG.dngVersion)
    this.isRaw ||= (this.options.isFile ?? false) && (await this.seemsRaw(entries))
    const kept: Uint8Array[] = []
    for (const entry of entries) if (!(await this.removes(entry))) kept.push(entry.raw)
    await this.cleanPictures(entries)
    if (next.length === 4) this.queue.push(this.u32(next, 0))
    const removed = entries.length - kept.length
    if (removed > 0) this.view.write(at, joined([this.u16Bytes(kept.length), ...kept, next, new Uint8Array(removed * ENTRY)]))
  }

  /** Cleans what an entry holds. True if the entry itself has to go. */
  private async removes(entry: Entry): Promise<boolean> {
    const { tag, at, length } = entry
    if (tag === TAG.gps) await this.emptyDirectory((await this.values(entry))[0] ?? 0)
    else if (DIRECTORIES.has(tag)) this.queue.push(...(await this.values(entry)))
    else if (tag === TAG.xmp) await cleanXmp(this.view.part(at, length))
    else if (tag === TAG.iptc) await cleanIptc(this.view.part(at, length))
    else if (tag === TAG.photoshop) await cleanPhotoshop(this.view.part(at, length), tiff => cleanExif(tiff, this.options.nested))
    else if (tag === TAG.dngOriginal) throw new CannotClean('the file holds another raw file')
    const goes = tag === TAG.gps || PLACES.has(tag) || (await this.isForeignNote(entry)) || (await this.isTextWithPlace(entry))
    if (goes && length > 4) this.view.fill(at, length)
    return goes
  }

  private async isForeignNote({ tag, at }: Entry): Promise<boolean> {
    if (tag !== TAG.makerNote) return false
    if (latin1(await this.view.read(at, APPLE.length)) === APPLE) return false
    if (!this.isRaw || this.isDng) return true
    this.keepsNotes = true
    return false
  }

  /** Raw files have further directories with the sensor's pixels, or say that they hold them; Canon's say so in their head. */
  private async seemsRaw(entries: readonly Entry[]): Promise<boolean> {
    const colours = entries.find(({ tag }) => tag === TAG.colours)
    const [meaning = 0] = colours ? await this.values(colours) : []
    const isCanon = latin1(await this.view.read(8, 2)) === 'CR'
    return isCanon || SENSOR.includes(meaning) || entries.some(({ tag }) => tag === TAG.subDirectories)
  }

  private async isTextWithPlace({ tag, at, length }: Entry): Promise<boolean> {
    if (!TEXTS.has(tag)) return false
    return mentionsPlace(latin1(await this.view.read(at, length)).replaceAll('\0', ''))
  }

  /** Previews are JPEG files of their own, which may have metadata of their own. */
  private async cleanPictures(entries: readonly Entry[]): Promise<void> {
    const valuesOf = async (tag: number) => {
      const entry = entries.find(each => each.tag === tag)
      return entry ? this.values(entry) : []
    }
    const [compression] = await valuesOf(TAG.compression)
    const strips = JPEG.includes(compression ?? 0)
    const offsets = [...(await valuesOf(TAG.thumbnail)), ...(strips ? await valuesOf(TAG.stripOffsets) : [])]
    const sizes = [...(await valuesOf(TAG.thumbnailSize)), ...(strips ? await valuesOf(TAG.stripSizes) : [])]
    for (const [i, at] of offsets.entries()) {
      const part = this.view.part(at, sizes[i] ?? 0)
      const [first, second, third] = await part.read(0, 3)
      if (first === 0xff && second === 0xd8 && third === 0xff) await this.options.nested(part)
    }
  }

  /** Zeroes the values of every entry, the entries, and their number. */
  private async emptyDirectory(at: number): Promise<void> {
    if (at < 8) return
    const entries = await this.entries(at)
    for (const { at, length } of entries) if (length > 4) this.view.fill(at, length)
    this.view.fill(at, 2 + entries.length * ENTRY)
  }

  /** Entries that are cut off at the end are left out. */
  private async entries(at: number): Promise<Entry[]> {
    const count = this.u16(await this.view.read(at, 2), 0)
    const bytes = await this.view.read(at + 2, count * ENTRY)
    return Array.from({ length: Math.floor(bytes.length / ENTRY) }, (_, i) => {
      const raw = bytes.subarray(i * ENTRY, (i + 1) * ENTRY)
      const [type, values] = [this.u16(raw, 2), this.u32(raw, 4)]
      const length = (TYPE_BYTES[type] ?? 1) * values
      return { tag: this.u16(raw, 0), type, count: values, at: length > 4 ? this.u32(raw, 8) : at + 2 + i * ENTRY + 8, length, raw }
    })
  }

  /** The numbers that an entry holds, as many as there can be parts of a picture. */
  private async values({ type, count, at }: Entry): Promise<number[]> {
    const short = type === 3
    const width = short ? 2 : 4
    const bytes = await this.view.read(at, Math.min(count, MAX_DIRECTORIES) * width)
    return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => (short ? this.u16(bytes, i * 2) : this.u32(bytes, i * 4)))
  }

  private u16(bytes: Uint8Array, at: number): number {
    const [a = 0, b = 0] = bytes.subarray(at, at + 2)
    return this.little ? a | (b << 8) : (a << 8) | b
  }

  private u32(bytes: Uint8Array, at: number): number {
    const [first, second] = [this.u16(bytes, at), this.u16(bytes, at + 2)]
    return this.little ? first + second * 0x10000 : first * 0x10000 + second
  }

  private u16Bytes(value: number): Uint8Array {
    return Uint8Array.from(this.little ? [value & 255, value >> 8] : [value >> 8, value & 255])
  }
}
