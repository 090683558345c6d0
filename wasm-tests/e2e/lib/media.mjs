// Small real pictures and films, and what ExifTool, an independent reader and writer, makes of them and finds in them.
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { chunk, png } from './files.mjs'

const run = promisify(execFile)

const be = (n, bytes) => Buffer.from(Array.from({ length: bytes }, (_, i) => Math.floor(n / 256 ** (bytes - 1 - i)) % 256))
const le = (n, bytes) => Buffer.from(be(n, bytes)).reverse()
/** Bytes of parts that are bytes, numbers of bytes, or texts of one byte for each character. */
const join = parts => Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

export { chunk }

/** A JPEG segment. */
export const segment = (marker, ...parts) => {
  const content = join(parts)
  return join([[0xff, marker], be(content.length + 2, 2), content])
}

/** A JPEG of one grey pixel. */
const PIXEL = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////' +
    'wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
)
/** The JPEG with these segments after its beginning. */
export const jpeg = (...segments) => join([PIXEL.subarray(0, 2), ...segments, PIXEL.subarray(2), [0xff, 0xd9]])

/** A box of a film or of HEIC. */
export const box = (type, ...parts) => {
  const content = join(parts)
  return join([be(content.length + 8, 4), Buffer.from(type, 'latin1'), content])
}
export const fullBox = (type, version, ...parts) => box(type, [version, 0, 0, 0], ...parts)

const FTYP = { mp4: 'isom', mov: 'qt  ', '3gp': '3gp4' }
const mvhd = fullBox('mvhd', 0, be(0, 8), be(1000, 4), be(1000, 4), be(0x10000, 4), be(0x100, 2), Buffer.alloc(10), be(0x10000, 4), Buffer.alloc(12), be(0x10000, 4), Buffer.alloc(12), be(0x40000000, 4), Buffer.alloc(24), be(2, 4))

/** A track whose samples are in one piece. `entry` is what describes them. */
export function track(handler, entry, at, sizes) {
  const table = box(
    'stbl',
    fullBox('stsd', 0, be(1, 4), entry),
    fullBox('stts', 0, be(1, 4), be(sizes.length, 4), be(1000, 4)),
    fullBox('stsc', 0, be(1, 4), be(1, 4), be(sizes.length, 4), be(1, 4)),
    fullBox('stsz', 0, be(0, 4), be(sizes.length, 4), ...sizes.map(size => be(size, 4))),
    fullBox('stco', 0, be(1, 4), be(at, 4)),
  )
  const tkhd = fullBox('tkhd', 0, be(0, 8), be(1, 4), be(0, 4), be(1000, 4), Buffer.alloc(60))
  const mdhd = fullBox('mdhd', 0, be(0, 8), be(1000, 4), be(1000, 4), be(0x55c4, 2), be(0, 2))
  const hdlr = fullBox('hdlr', 0, be(0, 4), Buffer.from(handler), Buffer.alloc(13))
  return box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', fullBox('nmhd', 0), table)))
}
export const sampleEntry = (format, ...parts) => box(format, Buffer.alloc(6), be(1, 2), ...parts)

/** A film with these boxes in its `moov`, which stands at the end unless it has to be first. */
export function film(kind, inMoov = [], { data = Buffer.from('film'), first = false, before = [] } = {}) {
  const ftyp = box('ftyp', Buffer.from(FTYP[kind]), be(0, 4), Buffer.from(FTYP[kind]))
  const moov = box('moov', mvhd, ...inMoov)
  const mdat = box('mdat', data)
  return join(first ? [ftyp, ...before, moov, mdat] : [ftyp, ...before, mdat, moov])
}
/** Where the data of a film begins whose `moov` stands at its end. */
export const DATA_AT = 20 + 8

/** A HEIC picture with these items: each `{type, data, media, method, extents}`. Its pixels are none that a decoder takes. */
export function heic(items, brand = 'heic') {
  const all = [{ type: 'hvc1', data: Buffer.from('pixels of a picture') }, ...items]
  const infos = all.map(({ type, media }, i) =>
    fullBox('infe', 2, be(i + 1, 2), be(0, 2), Buffer.from(type), Buffer.from(`\0${media === undefined ? '' : `${media}\0\0`}`)))
  const inside = all.filter(({ method }) => method === 1).map(({ data }) => data)
  const build = dataAt => {
    let [file, idat] = [dataAt, 0]
    const places = all.map(({ data, method = 0, extents = 1 }, i) => {
      const each = Math.ceil(data.length / extents)
      const parts = Array.from({ length: extents }, (_, n) => {
        const length = Math.min(each, data.length - n * each)
        return join([be((method ? idat : file) + n * each, 4), be(length, 4)])
      })
      if (method) idat += data.length
      else file += data.length
      return join([be(i + 1, 2), be(method, 2), be(0, 2), be(extents, 2), ...parts])
    })
    const iloc = fullBox('iloc', 1, [0x44, 0x00], be(all.length, 2), ...places)
    const meta = fullBox('meta', 0, fullBox('hdlr', 0, be(0, 4), Buffer.from('pict'), Buffer.alloc(13)), fullBox('pitm', 0, be(1, 2)), fullBox('iinf', 0, be(all.length, 2), ...infos), iloc, box('idat', ...inside))
    return join([box('ftyp', Buffer.from(brand), be(0, 4), Buffer.from('mif1'), Buffer.from(brand)), meta])
  }
  const head = build(build(0).length + 8)
  return join([head, box('mdat', ...all.filter(({ method }) => !method).map(({ data }) => data))])
}

/** A GIF of one pixel. */
export const gif = () => Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
/** A WebP of one pixel. */
export const webp = () => Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64')

/** A TIFF of one pixel. */
export function tiff() {
  const entry = (tag, type, value) => join([le(tag, 2), le(type, 2), le(1, 4), le(value, 4)])
  const entries = [entry(256, 3, 1), entry(257, 3, 1), entry(258, 3, 8), entry(259, 3, 1), entry(262, 3, 1), entry(273, 4, 8), entry(277, 3, 1), entry(278, 3, 1), entry(279, 4, 1)]
  return join([Buffer.from('II*\0'), le(10, 4), [7, 0], le(entries.length, 2), ...entries, le(0, 4)])
}

const element = (id, ...parts) => {
  const content = join(parts)
  return join([id, [0x01], be(content.length, 7), content])
}
/** A Matroska film with a tag of this name and text, and a checksum of its tags. */
export function matroska(name, text) {
  const simple = element([0x67, 0xc8], element([0x45, 0xa3], Buffer.from(name)), element([0x44, 0x87], Buffer.from(text)))
  const other = element([0x67, 0xc8], element([0x45, 0xa3], Buffer.from('TITLE')), element([0x44, 0x87], Buffer.from('Alps')))
  const tags = element([0x12, 0x54, 0xc3, 0x67], [0xbf, 0x84, 1, 2, 3, 4], element([0x73, 0x73], simple, other))
  return join([element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], Buffer.from('matroska'))), element([0x18, 0x53, 0x80, 0x67], tags)])
}

/** The files of a kind that ExifTool can write into, by their names. */
export const samples = () => ({
  'a.jpg': jpeg(),
  'a.png': png(2, 2),
  'a.gif': gif(),
  'a.webp': webp(),
  'a.tif': tiff(),
  'a.mp4': film('mp4'),
  'a.mov': film('mov', [], { first: true }),
  'a.3gp': film('3gp'),
})

const LIMIT = { maxBuffer: 2 ** 27 }

/** Lets ExifTool write into files of a folder. Returns them by name. */
export async function written(folder, files, args) {
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes)
  await run('exiftool', ['-m', '-q', '-q', '-overwrite_original', ...args, folder], LIMIT)
  const after = Object.keys(files).map(async name => [name, await readFile(path.join(folder, name))])
  return Object.fromEntries(await Promise.all(after))
}

const IS_PLACE = /GPS|Latitude|Longitude|ISO6709|Location|Country|^State|^Province|^(Sub-?)?City|Coordinates|GeoTiff|MCCData/i
const IS_OTHER = /^(File|Directory|SourceFile|SubjectLocation|CircleOfConfusion)/

/** Everything that ExifTool finds in files, by their names, and what of it tells a place. */
export async function found(folder, files) {
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes)
  const { stdout } = await run('exiftool', ['-json', '-a', '-ee', '-u', '-G3', '-struct', folder], LIMIT).catch(error => error)
  const list = JSON.parse(stdout)
  return Object.fromEntries(list.map(tags => {
    const named = Object.entries(tags).map(([name, value]) => [name.replace(/^.*:/, ''), value])
    const places = named.filter(([name]) => IS_PLACE.test(name) && !IS_OTHER.test(name))
    return [path.basename(tags.SourceFile), { tags: Object.fromEntries(named), places }]
  }))
}
