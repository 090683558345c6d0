// Places are removed from a picture's metadata, and nothing else is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noise } from './lib/files.mjs'
import { source } from './lib/packages.mjs'

let page
let withoutPlace

before(async () => {
  page = await source()
  withoutPlace = (await page.module('src/jpeg.ts')).withoutPlace
})

after(() => page.close())

const LATITUDE = Buffer.from('0000003000000001000000140000000100000007000000010000', 'hex')
const PIXELS = Buffer.concat([Buffer.from([0xff, 0xda, 0, 2]), noise(3_000), Buffer.from([0xff, 0xd9])])

/** A TIFF structure with an orientation, a pointer to a directory with a latitude, and a date. */
function tiff({ little, place = true }) {
  const u16 = n => (little ? [n & 255, n >> 8] : [n >> 8, n & 255])
  const u32 = n => (little ? [...u16(n & 0xffff), ...u16(n >>> 16)] : [...u16(n >>> 16), ...u16(n & 0xffff)])
  const entry = (tag, type, count, value) => [...u16(tag), ...u16(type), ...u32(count), ...value]
  const directory = (...entries) => [...u16(entries.length), ...entries.flat(), ...u32(0)]
  const short = n => [...u16(n), 0, 0]
  const first = 8
  const entries = place ? 3 : 2
  const gps = first + 2 + entries * 12 + 4
  const date = gps + (place ? 2 + 2 * 12 + 4 + LATITUDE.length : 0)
  return Buffer.from([
    ...(little ? [0x49, 0x49, 42, 0] : [0x4d, 0x4d, 0, 42]),
    ...u32(first),
    ...directory(
      entry(0x0112, 3, 1, short(6)),
      entry(0x0132, 2, 20, u32(date)),
      ...(place ? [entry(0x8825, 4, 1, u32(gps))] : []),
    ),
    ...(place ? [...directory(entry(1, 2, 2, [0x4e, 0, 0, 0]), entry(2, 7, LATITUDE.length, u32(gps + 30))), ...LATITUDE] : []),
    ...Buffer.from('2026:11:23 08:00:00\0'),
  ])
}

const segment = (marker, ...parts) => {
  const content = Buffer.concat(parts.map(part => Buffer.from(part)))
  return Buffer.concat([Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]), content])
}
const exif = options => segment(0xe1, 'Exif\0\0', tiff(options))
const jpeg = (...segments) => Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments, PIXELS])
const blob = bytes => new Blob([bytes], { type: 'image/jpeg' })
const bytes = async blob => Buffer.from(await blob.arrayBuffer())

for (const little of [true, false]) {
  test(`a latitude is gone, the date and the orientation stay, ${little ? 'little' : 'big'}-endian`, async () => {
    const picture = jpeg(segment(0xe0, 'JFIF\0'), exif({ little }))
    const clean = await withoutPlace(blob(picture))
    const after = await bytes(clean)
    assert.equal(clean.type, 'image/jpeg')
    assert.equal(after.length, picture.length)
    assert.ok(picture.includes(LATITUDE), 'the picture had a latitude')
    assert.ok(!after.includes(LATITUDE), 'the latitude is gone')
    assert.ok(after.includes('2026:11:23 08:00:00'), 'the date stays')
    const orientation = little ? [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0] : [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]
    assert.ok(after.includes(Buffer.from(orientation)), 'the orientation stays')
    assert.ok(after.subarray(-PIXELS.length).equals(PIXELS), 'the pixels stay')
    assert.equal(await withoutPlace(clean), null, 'nothing is left to take out')
  })
}

test('a picture without a place is left as it is', async () => {
  assert.equal(await withoutPlace(blob(jpeg(exif({ little: true, place: false })))), null)
  assert.equal(await withoutPlace(blob(jpeg())), null)
})

test('an XMP packet that tells a place is emptied, another one stays', async () => {
  const space = 'http://ns.adobe.com/xap/1.0/\0'
  const told = segment(0xe1, space, '<x:xmpmeta exif:GPSLatitude="48,20.7N"/>')
  const after = await bytes(await withoutPlace(blob(jpeg(told))))
  assert.ok(!after.includes('48,20'))
  assert.equal(await withoutPlace(blob(jpeg(segment(0xe1, space, '<x:xmpmeta xmp:Rating="5"/>')))), null)
})

test('the city of an IPTC block is gone', async () => {
  const after = await bytes(await withoutPlace(blob(jpeg(segment(0xed, 'Photoshop 3.0\0', '8BIM\x04\x04', 'Vigo di Fassa')))))
  assert.ok(!after.includes('Vigo di Fassa'))
})

test('a picture that a camera appended is cleaned too', async () => {
  const second = jpeg(exif({ little: false }))
  const entries = offset => {
    const table = Buffer.alloc(32)
    table.writeUInt32LE(second.length, 16 + 4)
    table.writeUInt32LE(offset, 16 + 8)
    return table
  }
  const head = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x02, 0xb0, 7, 0, 32, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0])
  const withOffset = offset => jpeg(segment(0xe2, 'MPF\0', head, entries(offset)))
  const base = 2 + 4 + 4
  const first = withOffset(withOffset(0).length - base)
  const after = await bytes(await withoutPlace(blob(Buffer.concat([first, second]))))
  assert.ok(!after.includes(LATITUDE))
  assert.ok(after.subarray(0, first.length).equals(first))
  assert.equal(after.length, first.length + second.length)
})

test('a file that is no JPEG is left as it is, a head without an end is refused', async () => {
  assert.equal(await withoutPlace(blob(noise(500).fill(0, 0, 2))), null)
  assert.equal(await withoutPlace(blob(Buffer.alloc(0))), null)
  await assert.rejects(withoutPlace(blob(jpeg(exif({ little: true })).subarray(0, 60))))
})

test('with anything wrong in its head, a file keeps its length or is refused', async () => {
  const picture = jpeg(exif({ little: true }), segment(0xe2, 'MPF\0', tiff({ little: false })))
  const head = picture.length - PIXELS.length
  for (let at = 2; at < head; at++) {
    for (const value of [0, 0x7f, 0xff]) {
      const broken = Buffer.from(picture)
      broken[at] = value
      const clean = await withoutPlace(blob(broken)).catch(() => null)
      if (clean) assert.equal(clean.size, broken.length, `byte ${at} = ${value}`)
    }
  }
})
