/**
 * Takes the place out of files made of boxes: MP4, MOV and 3GP films (ISO/IEC 14496-12, QuickTime File Format, 3GPP TS
 * 26.244), HEIC and AVIF pictures, JPEG 2000 and JPEG XL. Only boxes are read, not the film in them.
 */

import { type Box, boxesIn, boxesOf, contentOf, erase, itemsIn } from './boxes'
import { cleanIptc } from './iptc'
import { cleanExifItem, cleanItems, cleanPackedBox } from './items'
import { isJpeg } from './jpeg'
import { mentionsPlace, tellsPlace } from './places'
import { emptyTelemetry } from './telemetry'
import { cleanExif, isTiff } from './tiff'
import { cleanTrailer } from './trailer'
import { CannotClean, latin1, type Nested, type View } from './view'
import { cleanXmp } from './xmp'

/** Boxes within boxes: a film has seven levels. */
const MAX_DEPTH = 16
/** Texts longer than this are no description that somebody wrote. */
const MAX_TEXT = 1024 * 1024
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'udta', 'moof', 'traf', 'CNTH', 'jp2h', 'asoc', 'uinf'])
/** QuickTime's and 3GPP's place, Samsung's, and the table of a dashboard camera. */
const PLACES = new Set(['\xa9xyz', '@xyz', 'loci', '\xa9loc', '\xa9gps', 'GPS ', 'gps0', 'LOCA'])
/** Notes of makers in forms of their own: Nikon, Panasonic, Leica, Fujifilm, Pentax, Ricoh, Casio, and older ones. */
const NOTES = new Set(['NCDT', 'PANA', 'LEIC', 'MVTG', 'PENT', 'RMKN', 'QVMI', 'TAGS'])
const UUID = {
  xmp: 'be7acfcb97a942e89c71999491e3afac',
  exif: latinHex('JpgTiffExif->JP2'),
  iptc: '33c7a4d2b81d4723a0baf1a3e097ad38',
  geo: 'b14bf8bd083d4b43a5ae8cd7d5a6ce03',
}
const HEADERS = ['\0\0\0\x0cJXL \r\n\x87\n', '\0\0\0\x0cjP  \r\n\x87\n']

/** Films of QuickTime may begin with any of these; others with the box that names their kind. */
const FIRST = /^(ftyp|moov|mdat|wide|free|skip|pnot)$/
/** Text may have such a word there, but no box is so long. */
const WORDS = /^[\x20-\x7e]{4}/

export function isBmff(bytes: Uint8Array): boolean {
  const text = latin1(bytes.subarray(0, 12))
  return HEADERS.includes(text) || (FIRST.test(text.slice(4, 8)) && !WORDS.test(text))
}

/** Returns where the boxes end. */
export async function cleanBmff(view: View, nested: Nested): Promise<number> {
  const boxes = await boxesOf(view)
  if ((await kinds(view, boxes)).includes('crx ')) throw new CannotClean('the notes of the maker of this camera cannot be read')
  await new Film(
    view,
    nested,
    boxes.some(({ type }) => type === 'moof'),
  ).clean(boxes, 0)
  return boxes.at(-1)?.end ?? 0
}

async function kinds(view: View, [first]: readonly Box[]): Promise<string> {
  return first?.type === 'ftyp' && first.end - first.body <= MAX_TEXT ? latin1(await contentOf(view, first).all()) : ''
}

class Film {
  constructor(
    private readonly view: View,
    private readonly nested: Nested,
    private readonly inFragments: boolean,
  ) {}

  async clean(boxes: readonly Box[], depth: number, parent = ''): Promise<void> {
    if (depth > MAX_DEPTH) throw new CannotClean('there are boxes within boxes')
    for (const box of boxes) await this.cleanBox(box, depth, parent)
  }

  private async cleanBox(box: Box, depth: number, parent: string): Promise<void> {
    const { view, nested } = this
    const content = contentOf(view, box)
    if (PLACES.has(box.type) || NOTES.has(box.type)) return erase(view, box)
    if (CONTAINERS.has(box.type)) await this.clean(await boxesIn(view, box.body, box.end), depth + 1, box.type)
    switch (box.type) {
      case 'trak':
        return emptyTelemetry(view, box, this.inFragments)
      case 'meta':
        return this.cleanMeta(box, depth)
      case 'XMP_':
      case 'xml ':
        return cleanXmp(content)
      case 'Exif':
        return cleanExifItem(content, nested)
      case 'brob':
        return cleanPackedBox(view, box)
      case 'uuid':
        return this.cleanUuid(box)
      case 'mpvd':
      case 'CNDA':
        // A film within a picture, a picture within a film.
        return void (await nested(content))
      case 'sefd':
        // Samsung puts into a box what it appends to a JPEG.
        return cleanTrailer(content, 0, nested)
      case 'gps ':
        return this.cleanPositions(box)
      case 'free':
      case 'skip':
        // Dashboard cameras put positions there; others leave what they wrote before.
        if (latin1(await content.read(0, 4)) === 'GPS ' || (await this.mentionsPlace(content))) content.fill(0, content.size)
        return
    }
    if (parent === 'udta') await this.cleanUserData(box, content)
  }

  /** A small picture, Exif, or a text. */
  private async cleanUserData(box: Box, content: View): Promise<void> {
    const beginning = await content.read(0, 4)
    if (isJpeg(beginning)) await this.nested(content)
    else if (isTiff(beginning)) await cleanExif(content, this.nested)
    else if (await this.mentionsPlace(content)) erase(this.view, box)
  }

  /** The table of a dashboard camera: where its positions are, and how long. */
  private async cleanPositions(box: Box): Promise<void> {
    const table = contentOf(this.view, box)
    for (let at = 8; at + 8 <= table.size; at += 8) this.view.fill(await table.u32(at), await table.u32(at + 4))
    erase(this.view, box)
  }

  private async cleanMeta(box: Box, depth: number): Promise<void> {
    // QuickTime's has no version before its boxes.
    const plain = latin1(await this.view.read(box.body + 4, 4)) === 'hdlr'
    const children = await boxesIn(this.view, box.body + (plain ? 0 : 4), box.end)
    await cleanItems(this.view, children, this.nested)
    const keys = children.find(({ type }) => type === 'keys')
    const names = keys ? await this.keyNames(keys) : []
    for (const child of children) if (child.type === 'ilst') await this.cleanList(child, names)
    const others = children.filter(({ type }) => !['ilst', 'keys', 'iinf', 'iloc', 'idat'].includes(type))
    await this.clean(others, depth + 1, 'meta')
  }

  private async keyNames({ body, end }: Box): Promise<string[]> {
    const names: string[] = []
    for (let at = body + 8; at + 8 <= end; ) {
      const size = await this.view.u32(at)
      if (size < 8) break
      names.push(latin1(await this.view.read(at + 8, Math.min(size, end - at) - 8)))
      at += size
    }
    return names
  }

  /** Values by the number of their key, or by a name of four letters. */
  private async cleanList(list: Box, keys: readonly string[]): Promise<void> {
    for (const item of await itemsIn(this.view, list)) {
      const content = contentOf(this.view, item)
      const key = keys[item.index - 1] ?? (item.type === '----' ? await this.freeName(item) : '')
      if (tellsPlace(key) || PLACES.has(item.type) || (await this.mentionsPlace(content))) erase(this.view, item)
    }
  }

  private async freeName(item: Box): Promise<string> {
    const name = (await boxesIn(this.view, item.body, item.end)).find(({ type }) => type === 'name')
    return name ? latin1(await this.view.read(name.body + 4, Math.min(MAX_TEXT, name.end - name.body - 4))) : ''
  }

  private async cleanUuid(box: Box): Promise<void> {
    const id = hex(await this.view.read(box.body, 16))
    const content = this.view.part(box.body + 16, Math.max(0, box.end - box.body - 16))
    if (id === UUID.xmp) await cleanXmp(content)
    else if (id === UUID.exif) await cleanExif(content, this.nested)
    else if (id === UUID.iptc) await cleanIptc(content)
    else if (id === UUID.geo || (await this.mentionsPlace(content))) erase(this.view, box)
  }

  private async mentionsPlace(content: View): Promise<boolean> {
    return content.size <= MAX_TEXT && mentionsPlace(latin1(await content.all()).replaceAll('\0', ''))
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

function latinHex(text: string): string {
  return [...text].map(char => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}
