/** Cleans the items of HEIC and AVIF (ISO/IEC 23008-12): Exif, XMP and JPEG pictures in them. */

import { type Box, boxesIn, contentOf, erase } from './boxes'
import { cleanExif, isTiff } from './tiff'
import { CannotClean, latin1, type Nested, type Span, type View } from './view'
import { cleanXmp } from './xmp'

/** A picture of tiles has an item for each. */
const MAX_ITEMS = 100_000
const EXIF_NAME = 6

interface Item {
  id: number
  type: string
  /** Of an item of type `mime`. */
  media: string
  packed: boolean
}

/** Cleans the items that a `meta` box lists; `file` is what their offsets count in. */
export async function cleanItems(file: View, children: readonly Box[], nested: Nested): Promise<void> {
  const named = (type: string) => children.find(box => box.type === type)
  const [infos, locations, data] = [named('iinf'), named('iloc'), named('idat')]
  if (!infos) return
  const items = (await itemInfos(file, infos)).filter(isMetadata)
  if (!items.length || !locations) return
  const where = await itemLocations(file, locations, data)
  for (const item of items) {
    const spans = where.get(item.id)
    if (spans === 'elsewhere') throw new CannotClean('the metadata is in another part of the picture')
    if (spans) await cleanItem(file.parts(spans), item, nested)
  }
}

const isMetadata = ({ type, media }: Item): boolean =>
  type === 'Exif' || type === 'jpeg' || (type === 'mime' && /xml|image\/jpeg/i.test(media))

async function cleanItem(view: View, { type, media, packed }: Item, nested: Nested): Promise<void> {
  if (type === 'Exif') await cleanExifItem(view, nested)
  else if (type === 'jpeg' || /jpeg/i.test(media)) await nested(view)
  else if (packed) view.fill(0, view.size)
  else await cleanXmp(view)
}

/** First comes the number of bytes before the TIFF header. */
export async function cleanExifItem(view: View, nested: Nested): Promise<void> {
  const candidates = [4 + (await view.u32(0)), 4, 4 + EXIF_NAME, 0, EXIF_NAME]
  for (const at of candidates) {
    if (isTiff(await view.read(at, 4))) return cleanExif(view.part(at), nested)
  }
  view.fill(0, view.size)
}

async function itemInfos(file: View, box: Box): Promise<Item[]> {
  const [version = 0] = await file.read(box.body, 1)
  const entries = await boxesIn(file, box.body + (version === 0 ? 6 : 8), box.end)
  const items: Item[] = []
  for (const entry of entries) {
    if (entry.type !== 'infe') continue
    const bytes = await contentOf(file, entry).all()
    const fields = new Fields(bytes)
    const form = fields.uint(1)
    fields.skip(3)
    const id = fields.uint(form === 3 ? 4 : 2)
    fields.skip(2)
    // The first two versions have no type, but what later ones call the media type.
    const type = form >= 2 ? latin1(fields.take(4)) : 'mime'
    fields.text()
    const media = type === 'mime' ? fields.text() : ''
    items.push({ id, type, media, packed: type === 'mime' && fields.text() !== '' })
  }
  return items
}

async function itemLocations(file: View, box: Box, data: Box | undefined): Promise<Map<number, Span[] | 'elsewhere'>> {
  const fields = new Fields(await contentOf(file, box).all())
  const version = fields.uint(1)
  fields.skip(3)
  const [sizes, more] = [fields.uint(1), fields.uint(1)]
  const [offsetSize, lengthSize, baseSize, indexSize] = [sizes >> 4, sizes & 15, more >> 4, version > 0 ? more & 15 : 0]
  const count = fields.uint(version < 2 ? 2 : 4)
  if (count > MAX_ITEMS) throw new CannotClean('the picture has too many parts')
  const found = new Map<number, Span[] | 'elsewhere'>()
  for (let n = 0; n < count && !fields.atEnd; n += 1) {
    const id = fields.uint(version < 2 ? 2 : 4)
    const method = version > 0 ? fields.uint(2) & 15 : 0
    const source = fields.uint(2)
    const base = fields.uint(baseSize)
    const extents = fields.uint(2)
    const spans: Span[] = []
    for (let m = 0; m < extents && !fields.atEnd; m += 1) {
      fields.skip(indexSize)
      const at = base + fields.uint(offsetSize)
      // No length: all of it.
      const length = fields.uint(lengthSize) || Number.MAX_SAFE_INTEGER
      if (method === 0) spans.push({ at, length })
      else if (data) spans.push(...clipped({ at: data.body + at, length }, data.end))
    }
    found.set(id, method > 1 || source !== 0 ? 'elsewhere' : spans)
  }
  return found
}

const clipped = ({ at, length }: Span, end: number): Span[] => (at < end ? [{ at, length: Math.min(length, end - at) }] : [])

/** Reads one field after the other. What is cut off reads as 0 and as nothing. */
class Fields {
  private at = 0
  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.at >= this.bytes.length
  }

  take(length: number): Uint8Array {
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  skip(length: number): void {
    this.at += length
  }

  uint(length: number): number {
    return this.take(length).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  /** A text up to its zero. */
  text(): string {
    const end = this.bytes.indexOf(0, this.at)
    const text = latin1(this.bytes.subarray(this.at, end < 0 ? undefined : end))
    this.at = end < 0 ? this.bytes.length : end + 1
    return text
  }
}

/** Boxes of JPEG XL that hold packed metadata: its kind comes first. */
export async function cleanPackedBox(file: View, box: Box): Promise<void> {
  if (['Exif', 'xml ', 'jumb'].includes(latin1(await file.read(box.body, 4)))) erase(file, box)
}
