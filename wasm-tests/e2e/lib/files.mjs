// Real files to share, made anew in every run: valid pictures, some with a place in their metadata.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { deflateSync } from 'node:zlib'

/** A place in clear text inside a picture's metadata. Tests search for it. */
export const PLACE = Buffer.from('N 48 51.4972 E 2 17.6744 spinney-place')

export const MEGABYTE = 2 ** 20

/** A file as a picker returns it, without a disk. */
export const file = (name, content, mimeType = 'application/octet-stream') => ({ name, mimeType, buffer: Buffer.from(content) })

/** Writes files below a folder. Returns their paths on disk. */
export async function write(folder, files) {
  const paths = []
  for (const [name, bytes] of Object.entries(files)) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, bytes)
    paths.push(file)
  }
  return paths
}

export const digest = bytes => createHash('sha256').update(bytes).digest('hex')

/** Bytes that cannot be compressed. */
export const noise = size => randomBytes(size)

/** Writes a file of noise, a whole number of megabytes and not less than `size`. Returns its path and digest. */
export async function film(folder, name, size) {
  const at = path.join(folder, name)
  const hash = createHash('sha256')
  const file = await open(at, 'w')
  for (let left = size; left > 0; left -= MEGABYTE) {
    const piece = randomBytes(MEGABYTE)
    hash.update(piece)
    await file.write(piece)
  }
  // Whole seconds, so that the same time can be set again.
  await file.utimes(1_700_000_000, 1_700_000_000)
  await file.close()
  return { path: at, digest: hash.digest('hex') }
}

/** A PNG of random pixels, so that no two are equal and none is small. */
export function png(width = 160, height = 120) {
  const rows = []
  for (let y = 0; y < height; y++) rows.push(Buffer.from([0]), randomBytes(width * 3))
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8) // 8 bits, RGB
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A PNG of few kilobytes for which a browser reserves `side` squared pixels. */
export function bomb(side) {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([1, 0, 0, 0, 0], 8) // 1 bit, grey
  const rows = Buffer.alloc(side * (1 + Math.ceil(side / 8)))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A chunk of a PNG. */
export function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(8 + body.length)
  out.writeUInt32BE(data.length, 0)
  out.set(body, 4)
  out.writeUInt32BE(crc32(body), 4 + body.length)
  return out
}

/** A JPEG like a camera's, with the place in its EXIF. The browser of `page` draws and encodes it. */
export async function jpeg(page, { width = 640, height = 480, place = true } = {}) {
  const encoded = await page.evaluate(async ([width, height]) => {
    const canvas = new OffscreenCanvas(width, height)
    const draw = canvas.getContext('2d')
    for (let i = 0; i < 400; i++) {
      draw.fillStyle = `hsl(${Math.random() * 360} 80% ${20 + Math.random() * 60}%)`
      draw.fillRect(Math.random() * width, Math.random() * height, 40 + Math.random() * 60, 40 + Math.random() * 60)
    }
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })
    const reader = new FileReader()
    return new Promise(resolve => {
      reader.onload = () => resolve(reader.result.split(',')[1])
      reader.readAsDataURL(blob)
    })
  }, [width, height])
  const picture = Buffer.from(encoded, 'base64')
  return place ? Buffer.concat([picture.subarray(0, 2), exif(), picture.subarray(2)]) : picture
}

/** An EXIF segment with a GPS directory: 48°51'29" N, 2°17'40" E, and the place in words. */
function exif() {
  const entry = (tag, type, count, value) => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt16LE(tag, 0)
    bytes.writeUInt16LE(type, 2)
    bytes.writeUInt32LE(count, 4)
    Buffer.isBuffer(value) ? bytes.set(value, 8) : bytes.writeUInt32LE(value, 8)
    return bytes
  }
  const directory = entries => {
    const count = Buffer.alloc(2)
    count.writeUInt16LE(entries.length, 0)
    return Buffer.concat([count, ...entries, Buffer.alloc(4)])
  }
  const degrees = (...parts) => {
    const bytes = Buffer.alloc(24)
    parts.forEach((part, i) => {
      bytes.writeUInt32LE(part, i * 8)
      bytes.writeUInt32LE(1, i * 8 + 4)
    })
    return bytes
  }
  // Offsets count from the TIFF header. It comes first, then the first directory with one entry, the GPS directory
  // with five, and the values.
  const gpsAt = 8 + 2 + 12 + 4
  const dataAt = gpsAt + 2 + 5 * 12 + 4
  const tiff = Buffer.concat([
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    directory([entry(0x8825, 4, 1, gpsAt)]),
    directory([
      entry(1, 2, 2, Buffer.from('N\0\0\0', 'latin1')), entry(2, 5, 3, dataAt),
      entry(3, 2, 2, Buffer.from('E\0\0\0', 'latin1')), entry(4, 5, 3, dataAt + 24),
      entry(0x1c, 7, PLACE.length, dataAt + 48),
    ]),
    degrees(48, 51, 29), degrees(2, 17, 40), PLACE,
  ])
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** A JPEG with what a camera notes: who made it, when, and with which exposure. */
export function cameraJpeg(picture, { make, model, taken }) {
  const entry = (tag, type, count, value) => {
    const bytes = Buffer.alloc(12)
    bytes.writeUInt16LE(tag, 0)
    bytes.writeUInt16LE(type, 2)
    bytes.writeUInt32LE(count, 4)
    bytes.writeUInt32LE(value, 8)
    return bytes
  }
  const directory = (...entries) => {
    const count = Buffer.alloc(2)
    count.writeUInt16LE(entries.length, 0)
    return Buffer.concat([count, ...entries, Buffer.alloc(4)])
  }
  const word = text => Buffer.from(`${text}\0`.padEnd(8, '\0'), 'latin1')
  const values = [word(make), word(model), word(taken), Buffer.from([1, 0, 0, 0, 120, 0, 0, 0])]
  const exifAt = 8 + directory(...Array(3).fill(Buffer.alloc(12))).length
  let at = exifAt + directory(...Array(3).fill(Buffer.alloc(12))).length
  const [makeAt, modelAt, takenAt, exposureAt] = values.map(value => (at += value.length) - value.length)
  const ascii = (tag, value, place) => entry(tag, 2, value.length, place)
  const tiff = Buffer.concat([
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    directory(ascii(0x010f, values[0], makeAt), ascii(0x0110, values[1], modelAt), entry(0x8769, 4, 1, exifAt)),
    directory(entry(0x829a, 5, 1, exposureAt), entry(0x8827, 3, 1, 64), ascii(0x9003, values[2], takenAt)),
    ...values,
  ])
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff])
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([picture.subarray(0, 2), head, body, picture.subarray(2)])
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1
  return n
})

// Node has its own only since release 22.
function crc32(bytes) {
  let sum = 0xffffffff
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8)
  return (sum ^ 0xffffffff) >>> 0
}
