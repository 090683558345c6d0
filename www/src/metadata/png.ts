/**
 * Takes the place out of a PNG (third edition: eXIf, and XMP in iTXt; ImageMagick's "Raw profile type"). Chunks name no
 * offsets, so a text that was compressed is written again without compression.
 */

import { cleanPhotoshop } from './iptc'
import { mentionsPlace, tellsPlace } from './places'
import { cleanExif } from './tiff'
import { asciiBytes, CannotClean, joined, latin1, type Nested, View } from './view'
import { cleanXmp } from './xmp'

const SIGNATURE = '\x89PNG\r\n\x1a\n'
const XMP = 'XML:com.adobe.xmp'
const RAW_PROFILE = /^Raw profile type (exif|app1|xmp|iptc|8bim)$/i
/** A compressed text may claim to be of any length. */
const MAX_TEXT = 64 * 1024 * 1024
/** Exif in a raw profile comes with the name of its JPEG segment. */
const EXIF_NAME = 'Exif\0\0'

export const isPng = (bytes: Uint8Array): boolean => latin1(bytes.subarray(0, 8)) === SIGNATURE

/** Returns where the picture ends. */
export async function cleanPng(view: View, nested: Nested): Promise<number> {
  for (let at = SIGNATURE.length; at + 12 <= view.size; ) {
    const length = await view.u32(at)
    const type = latin1(await view.read(at + 4, 4))
    if (at + 12 + length > view.size) break
    if (type === 'eXIf') await cleanExifChunk(view, at, length, nested)
    else if (type === 'tEXt' || type === 'zTXt' || type === 'iTXt') await cleanText(view, at, length, type, nested)
    at += 12 + length
    if (type === 'IEND') return at
  }
  return view.size
}

async function cleanExifChunk(view: View, at: number, length: number, nested: Nested): Promise<void> {
  const clean = await cleaned(await view.read(at + 8, length), part => cleanExif(part, nested))
  if (clean) view.replace(at, 12 + length, chunk('eXIf', clean))
}

/** The same bytes cleaned by themselves; null if nothing was to be cleaned. */
async function cleaned(bytes: Uint8Array<ArrayBuffer>, clean: (view: View) => Promise<void>): Promise<Uint8Array<ArrayBuffer> | null> {
  const view = View.of(new Blob([bytes]))
  await clean(view)
  const result = view.result()
  return result && new Uint8Array(await result.arrayBuffer())
}

async function cleanText(view: View, at: number, length: number, type: string, nested: Nested): Promise<void> {
  const data = await view.read(at + 8, length)
  const nul = data.indexOf(0)
  const keyword = latin1(data.subarray(0, Math.max(0, nul)))
  const isProfile = RAW_PROFILE.test(keyword)
  const text = await textOf(data, nul + 1, type)
  if (text === null) {
    if (isProfile || keyword === XMP || tellsPlace(keyword)) view.replace(at, 12 + length, new Uint8Array())
    return
  }
  if (tellsPlace(keyword) || (keyword !== XMP && !isProfile && mentionsPlace(latin1(text)))) {
    view.replace(at, 12 + length, new Uint8Array())
  } else if (keyword === XMP) {
    const clean = await cleaned(text, cleanXmp)
    if (clean) view.replace(at, 12 + length, chunk('iTXt', joined([asciiBytes(`${keyword}\0\0\0\0\0`), clean])))
  } else if (isProfile) {
    const clean = await cleanProfile(latin1(text), nested)
    if (clean) view.replace(at, 12 + length, clean.length ? chunk('tEXt', joined([asciiBytes(`${keyword}\0`), clean])) : clean)
  }
}

/** The text of a chunk; null if it cannot be unpacked. */
async function textOf(data: Uint8Array<ArrayBuffer>, from: number, type: string): Promise<Uint8Array<ArrayBuffer> | null> {
  if (type === 'tEXt') return data.slice(from)
  if (type === 'zTXt') return inflated(data.subarray(from + 1))
  const compressed = data[from] === 1
  const language = data.indexOf(0, from + 2)
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1)
  if (translated < 0) return null
  const text = data.slice(translated + 1)
  return compressed ? inflated(text) : text
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return joined(parts)
      parts.push(value)
      length += value.length
      if (length > MAX_TEXT) throw new CannotClean('a text in this PNG is too long')
    }
  } catch (error) {
    void reader.cancel().catch(() => {})
    if (error instanceof CannotClean) throw error
    return null
  }
}

/**
 * A profile as ImageMagick writes it: its name, its length, and its bytes in hexadecimal digits, in lines. Returns null
 * if nothing was to be cleaned, and nothing if it cannot be read.
 */
async function cleanProfile(text: string, nested: Nested): Promise<Uint8Array<ArrayBuffer> | null> {
  const [, head, digits] = /^(\s*[^\n]*\n\s*\d+\s*\n)([\s\da-fA-F]*)/.exec(text) ?? []
  if (head === undefined || digits === undefined) return new Uint8Array()
  const bytes = Uint8Array.from(digits.replace(/\s/g, '').match(/../g) ?? [], pair => Number.parseInt(pair, 16))
  const clean = await cleaned(bytes, async part => {
    const begin = latin1(bytes.subarray(0, 64))
    if (begin.startsWith(EXIF_NAME)) await cleanExif(part.part(EXIF_NAME.length), nested)
    else if (/^(II\*\0|MM\0\*)/.test(begin)) await cleanExif(part, nested)
    else if (begin.startsWith('8BIM')) await cleanPhotoshop(part, tiff => cleanExif(tiff, nested))
    else await cleanXmp(part)
  })
  if (!clean) return null
  const lines = [...clean].map((byte, i) => byte.toString(16).padStart(2, '0') + (i % 36 === 35 ? '\n' : ''))
  return asciiBytes(`${head}${lines.join('')}\n`)
}

function chunk(type: string, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const body = joined([asciiBytes(type), data])
  return joined([bigEndian(data.length), body, bigEndian(crc32(body))])
}

const bigEndian = (n: number): Uint8Array => Uint8Array.from([24, 16, 8, 0], shift => (n >>> shift) & 255)

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let sum = n
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1
  return sum
})

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (CRC_TABLE[(sum ^ byte) & 255] ?? 0) ^ (sum >>> 8)
  return (sum ^ 0xffffffff) >>> 0
}
