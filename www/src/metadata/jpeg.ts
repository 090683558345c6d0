/**
 * Takes the place out of a JPEG (ISO 10918-1): segments are found as decoders find them, up to the end of the picture,
 * with anything between them. Its pixels, colours and sizes stay.
 */

import { cleanPhotoshop } from './iptc'
import { mentionsPlace } from './places'
import { cleanExif } from './tiff'
import { CannotClean, latin1, type Nested, NoPicture, type Span, type View } from './view'
import { cleanXmp } from './xmp'

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP0 = 0xe0
const APP14 = 0xee
const COM = 0xfe
/** Read at once while the next marker is looked for. */
const SCAN = 256 * 1024

const XMP = 'http://ns.adobe.com/xap/1.0/\0'
/** A packet that did not fit; after this come its name, its whole length and the offset of the part. */
const EXTENDED_XMP = 'http://ns.adobe.com/xmp/extension/\0'
const EXTENDED_NAME = 32
const PHOTOSHOP = 'Photoshop 3.0\0'
/** A colour profile and the list of appended pictures have no place, and may hold any bytes. */
const HARMLESS = ['ICC_PROFILE\0', 'MPF\0']
const EXIF = /^.{0,2}Exif\0/s
const PACKET = /<x:xmpmeta|<rdf:RDF|<\?xpacket/
/** Where a TIFF header stands in an Exif segment, at most. */
const EXIF_HEAD = 64

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === SOI

/** Cleans a JPEG. Returns where it ends. */
export async function cleanJpeg(view: View, nested: Nested): Promise<number> {
  const long = new LongParts()
  let scans = 0
  let at = 2
  for (;;) {
    const found = await nextMarker(view, at)
    if (!found || found.marker === EOI) {
      if (!scans) throw new NoPicture('this JPEG ends before its picture')
      await long.clean(view, nested)
      return found ? found.end : view.size
    }
    const { marker, end } = found
    at = end
    if (marker === SOI || marker === 0x01) continue
    const [high, low] = await view.read(at, 2)
    const length = ((high ?? 0) << 8) | (low ?? 0)
    // Decoders read an impossible length as none.
    if (length < 2) continue
    if (marker === SOS) scans += 1
    else if ((marker >= APP0 && marker <= 0xef) || marker === COM)
      await cleanSegment(view, { at: at + 2, length: length - 2 }, marker, long, nested)
    at += length
  }
}

/** Skips what is no marker: padding, fill bytes, and after a scan the compressed pixels. */
async function nextMarker(view: View, from: number): Promise<{ marker: number; end: number } | undefined> {
  for (let at = from; at < view.size; ) {
    const bytes = await view.read(at, SCAN)
    for (let i = bytes.indexOf(0xff); i >= 0 && i + 1 < bytes.length; i = bytes.indexOf(0xff, i + 1)) {
      const marker = bytes[i + 1] ?? 0
      const isData = marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)
      if (!isData) return { marker, end: at + i + 2 }
    }
    if (at + bytes.length >= view.size) return undefined
    // The last byte may begin a marker.
    at += bytes.length - 1
  }
  return undefined
}

/** Metadata that goes on in further segments is cleaned when all of it is known. */
class LongParts {
  private readonly exif: Span[][] = []
  private readonly photoshop: Span[] = []
  private readonly xmp = new Map<string, { offset: number; span: Span }[]>()

  addExif(span: Span, begins: boolean): void {
    if (begins || !this.exif.length) this.exif.push([span])
    else this.exif.at(-1)?.push(span)
  }

  addPhotoshop(span: Span): void {
    this.photoshop.push(span)
  }

  addXmp(name: string, offset: number, span: Span): void {
    this.xmp.set(name, [...(this.xmp.get(name) ?? []), { offset, span }])
  }

  async clean(view: View, nested: Nested): Promise<void> {
    for (const spans of this.exif) await cleanExif(view.parts(spans), nested)
    if (this.photoshop.length) await cleanPhotoshop(view.parts(this.photoshop), tiff => cleanExif(tiff, nested))
    for (const parts of this.xmp.values()) {
      const inOrder = parts.sort((a, b) => a.offset - b.offset).map(({ span }) => span)
      await cleanXmp(view.parts(inOrder))
    }
  }
}

/** Goes by what a segment holds, since programs write Exif and XMP into other segments too. */
async function cleanSegment(view: View, span: Span, marker: number, long: LongParts, nested: Nested): Promise<void> {
  const bytes = await view.read(span.at, span.length)
  const head = latin1(bytes.subarray(0, EXIF_HEAD))
  const rest = (from: number): Span => ({ at: span.at + from, length: Math.max(0, span.length - from) })
  const identifier = EXIF.exec(head)?.[0]
  if (identifier !== undefined) {
    const header = tiffHeader(head, identifier.length)
    return long.addExif(rest(header ?? identifier.length + 1), header !== undefined)
  }
  if (head.startsWith(PHOTOSHOP)) return long.addPhotoshop(rest(PHOTOSHOP.length))
  if (head.startsWith(EXTENDED_XMP)) return addExtended(bytes, rest, long)
  if (head.startsWith(XMP)) return cleanXmp(view.part(span.at + XMP.length, span.length - XMP.length))
  if (head.startsWith('FLIR\0')) throw new CannotClean('thermal pictures keep their place among their temperatures')
  if (HARMLESS.some(name => head.startsWith(name)) || marker === APP0 || marker === APP14) return
  await cleanUnknown(view.part(span.at, span.length), bytes, nested)
}

function tiffHeader(head: string, from: number): number | undefined {
  const found = ['II*\0', 'MM\0*'].map(magic => head.indexOf(magic, from)).filter(at => at >= 0)
  return found.length ? Math.min(...found) : undefined
}

function addExtended(bytes: Uint8Array, rest: (from: number) => Span, long: LongParts): void {
  const name = latin1(bytes.subarray(EXTENDED_XMP.length, EXTENDED_XMP.length + EXTENDED_NAME))
  const data = EXTENDED_XMP.length + EXTENDED_NAME + 8
  const offset = bytes.subarray(data - 4, data).reduce((sum, byte) => sum * 256 + byte, 0)
  long.addXmp(name, offset, rest(data))
}

/** What a maker wrote in a form of its own: emptied if it seems to tell a place. Its first word stays. */
async function cleanUnknown(segment: View, bytes: Uint8Array, nested: Nested): Promise<void> {
  const text = latin1(bytes)
  const header = tiffHeader(text, 0)
  if (header !== undefined && header < EXIF_HEAD) await cleanExif(segment.part(header), nested)
  else if (PACKET.test(text)) await cleanXmp(segment.part(text.search(PACKET)))
  else if (mentionsPlace(text)) {
    const nul = text.indexOf('\0')
    const from = nul >= 0 && nul < EXIF_HEAD ? nul + 1 : 0
    segment.fill(from, segment.size - from, 0x20)
  }
}
