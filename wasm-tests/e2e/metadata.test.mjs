// Places are removed from the metadata of JPEG pictures in every form that decoders show, and nothing else is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noise } from './lib/files.mjs'
import { film, jpeg as pixel, segment, box } from './lib/media.mjs'
import { source } from './lib/packages.mjs'

let page
let withoutPlace

before(async () => {
  page = await source()
  withoutPlace = (await page.module('src/metadata/place.ts')).withoutPlace
})

after(() => page.close())

const LATITUDE = Buffer.from('0000003000000001000000140000000100000007000000010000', 'hex')
// Compressed pixels have a zero after each 0xff.
const compressed = Buffer.from([...noise(3_000)].flatMap(byte => (byte === 0xff ? [byte, 0] : [byte])))
const PIXELS = Buffer.concat([Buffer.from([0xff, 0xda, 0, 2]), compressed, Buffer.from([0xff, 0xd9])])

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
  assert.ok(second.includes(LATITUDE))
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

const XMP = 'http://ns.adobe.com/xap/1.0/\0'
const packet = inside => `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>${inside}</rdf:RDF></x:xmpmeta>`

/** Forms of one picture, all of which decoders show. */
const FORMS = {
  'zeros between segments': () => jpeg(exif({ little: true }), Buffer.alloc(7)),
  'zeros before the segment': () => jpeg(segment(0xe0, 'JFIF\0'), Buffer.alloc(100), exif({ little: true })),
  'other bytes between segments': () => jpeg(Buffer.from('padding'), exif({ little: true }), noise(500).map(byte => byte & 0x7f)),
  'fill bytes': () => jpeg(Buffer.alloc(9, 0xff), exif({ little: false }), Buffer.from([0xff, 0xff])),
  'an empty segment': () => jpeg(segment(0xe5), exif({ little: true }), segment(0xe5)),
  'a segment with an impossible length': () => jpeg(Buffer.from([0xff, 0xe4, 0, 0]), exif({ little: true })),
  'a segment of a strange number': () => jpeg(segment(0xe9, 'Exif\0\0', tiff({ little: true }))),
  'a letter before the name of the segment': () => jpeg(segment(0xe1, [0xff], 'Exif\0\0', tiff({ little: true }))),
  'two segments': () => jpeg(exif({ little: true, place: false }), exif({ little: false })),
  'a segment that goes on in the next': () => {
    const whole = tiff({ little: true })
    return jpeg(segment(0xe1, 'Exif\0\0', whole.subarray(0, 40)), segment(0xe1, 'Exif\0\0', whole.subarray(40)))
  },
  'a segment between two scans': () => Buffer.concat([jpeg().subarray(0, -2), exif({ little: true }), PIXELS]),
  'a head of many megabytes': () => jpeg(...Array.from({ length: 120 }, () => segment(0xe2, 'ICC_PROFILE\0', noise(60_000))), exif({ little: true })),
  '100 kB of zeros at its end': () => Buffer.concat([jpeg(exif({ little: true })), Buffer.alloc(100_000)]),
  'no end': () => jpeg(exif({ little: true })).subarray(0, -2),
  'text after its end': () => Buffer.concat([jpeg(), Buffer.from('Latitude'), LATITUDE]),
}

for (const [form, make] of Object.entries(FORMS)) {
  test(`the place is gone from a JPEG with ${form}`, async () => {
    const picture = make()
    // In two parts it does not stand as one.
    const isWhole = picture.includes(LATITUDE)
    const clean = await withoutPlace(blob(picture))
    const after = await bytes(clean)
    assert.equal(after.length, picture.length)
    assert.ok(isWhole ? !after.includes(LATITUDE) : !after.includes(LATITUDE.subarray(8)), 'the latitude is gone')
    assert.ok(after.includes(compressed), 'the pixels stay')
    assert.equal(await withoutPlace(clean), null)
  })
}

test('a packet in parts loses its place wherever it was cut', async () => {
  const whole = packet(`<rdf:Description exif:GPSLatitude="48,20.7N" xmp:Rating="5">${' '.repeat(60_000)}<photoshop:City>Vigo di Fassa</photoshop:City></rdf:Description>`)
  const part = (at, end) => {
    const numbers = Buffer.alloc(8)
    numbers.writeUInt32BE(whole.length, 0)
    numbers.writeUInt32BE(at, 4)
    return segment(0xe1, 'http://ns.adobe.com/xmp/extension/\0', 'A'.repeat(32), numbers, whole.slice(at, end))
  }
  const name = whole.indexOf('City') + 2
  const after = await bytes(await withoutPlace(blob(jpeg(part(name), part(0, 80), part(80, name)))))
  for (const place of ['48,20', 'Vigo']) assert.ok(!after.includes(place), place)
  assert.ok(after.includes('xmp:Rating="5"'))
})

test('of a packet only what tells a place goes', async () => {
  const told = packet('<rdf:Description exif:GPSLatitude="48,20.7N" xmp:Rating="5" GCamera:MotionPhoto="1"><Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li><a:City>Vigo di Fassa</a:City></rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown><dc:title>Alps</dc:title></rdf:Description>')
  const after = await bytes(await withoutPlace(blob(jpeg(segment(0xe1, XMP, told)))))
  for (const place of ['48,20', 'Vigo', 'GPS', 'Location']) assert.ok(!after.includes(place), place)
  for (const other of ['xmp:Rating="5"', 'GCamera:MotionPhoto="1"', '<dc:title>Alps</dc:title>']) assert.ok(after.includes(other), other)
})

test('a packet goes as a whole if it tells a place in a way that we do not know', async () => {
  for (const broken of ['<a exif:GPSLatitude="48,20.7N>', '<a><photoshop:City>48,20</b>', '<!-- <exif:GPSLatitude>48,20']) {
    assert.ok(!(await bytes(await withoutPlace(blob(jpeg(segment(0xe1, XMP, broken)))))).includes('48,20'), broken)
  }
  const named = packet('<Item name="Latitude" value="48,20"/>')
  assert.ok(!(await bytes(await withoutPlace(blob(jpeg(segment(0xe1, XMP, named)))))).includes('48,20'))
  const wide = Buffer.from(packet('<exif:GPSLatitude>48,20</exif:GPSLatitude>'), 'utf16le')
  assert.ok(!(await bytes(await withoutPlace(blob(jpeg(segment(0xe1, XMP, wide)))))).includes(Buffer.from('48,20', 'utf16le')))
})

test('of the notes of makers only those stay that have no place', async () => {
  const withNote = note => {
    const head = Buffer.from('49492a0008000000010069870400010000001a000000000000000100' + '7c92' + '0700' + '20000000' + '2c000000' + '00000000', 'hex')
    return jpeg(segment(0xe1, 'Exif\0\0', head, Buffer.from(note.padEnd(32, '\0'))))
  }
  assert.ok(!(await bytes(await withoutPlace(blob(withNote('Panasonic Vigo di Fassa'))))).includes('Vigo'))
  assert.equal(await withoutPlace(blob(withNote('Apple iOS\0 notes'))), null)
})

const place = box('\xa9xyz', [0, 18, 0x15, 0xc7], '+48.8577+002.295/ ')

test('the film of a moving picture loses its place too', async () => {
  const moving = film('mp4', [box('udta', place)])
  for (const end of ['', 'MotionPhoto_Data and a list, MCC_Data262 SEFH SEFT']) {
    for (const before of ['', 'MotionPhoto_Data']) {
      const picture = Buffer.concat([pixel(exif({ little: true })), Buffer.from(before), moving, Buffer.from(end)])
      const after = await bytes(await withoutPlace(blob(picture)))
      assert.equal(after.length, picture.length)
      for (const place of [LATITUDE, '+48.8577', 'MCC_Data262']) assert.ok(!after.includes(place))
      assert.ok(after.includes('film'), 'the film stays')
      assert.ok(after.includes(end.slice(-9)), 'what keeps the parts together stays')
    }
  }
})

test('what cannot be cleaned for certain is refused', async () => {
  const isRefused = file => assert.rejects(withoutPlace(new Blob([file])), { name: 'CannotClean' })
  await isRefused(jpeg(segment(0xe1, 'FLIR\0', noise(20))))
  await isRefused(Buffer.from([0xff, 0xd8, 0, 0, 0]))
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
