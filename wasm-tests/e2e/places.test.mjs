// Pictures and films of every kind lose their place. ExifTool writes the places and looks for them afterwards.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { noise, png } from './lib/files.mjs'
import { box, chunk, DATA_AT, film, found, fullBox, heic, jpeg, matroska, sampleEntry, samples, segment, track, written } from './lib/media.mjs'
import { source } from './lib/packages.mjs'
import { folder, removeFolders } from './lib/place.mjs'

/** The fuzzing begins here, unless another number is given. */
const SEED = Number(process.env.SPINNEY_SEED ?? 20261130)
/** Broken inputs of each kind; ExifTool looks at the first of them. It takes 20 ms for each. */
const BROKEN = process.env.SPINNEY_LONG ? 3_000 : 150
const LOOKED_AT = process.env.SPINNEY_LONG ? 300 : 8

let page
let withoutPlace
let filled

/** Every way in which ExifTool writes a place, and what has to stay. */
const TAGS = [
  '-GPSLatitude=48.858', '-GPSLatitudeRef=N', '-GPSLongitude=2.294', '-GPSLongitudeRef=E', '-GPSAreaInformation=Spinneyville',
  '-XMP:GPSLatitude=48.858', '-XMP:GPSLongitude=2.294', '-XMP:City=Spinneyville', '-XMP:Country=Spinneyland', '-XMP:Location=Spinney Lane',
  '-XMP:LocationCreatedCity=Spinneyville', '-XMP:LocationShownCity=Spinneyville',
  '-IPTC:City=Spinneyville', '-IPTC:Sub-location=Spinney Lane', '-IPTC:Province-State=Spinneyshire', '-IPTC:Country-PrimaryLocationName=Spinneyland',
  '-IPTC:ContentLocationName=Spinneyville', '-IPTC:Keywords=alps',
  '-Keys:GPSCoordinates=48.858 2.294 30', '-UserData:GPSCoordinates=48.858 2.294 30', '-ItemList:GPSCoordinates=48.858 2.294 30',
  '-UserData:LocationInformation=Lat=48.85800 Lon=2.29400 Alt=30.00 Body=earth Role=shooting Notes= Name=Spinneyville',
  '-XMP:Rating=5', '-DateTimeOriginal=2026:11:23 08:00:00', '-Orientation#=6',
]

before(async () => {
  page = await source()
  withoutPlace = (await page.module('src/metadata/place.ts')).withoutPlace
  filled = await written(await folder('places'), samples(), TAGS)
  // ExifTool writes into HEIC in one case of two.
  const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Spinneyville" xmp:Rating="5"/></rdf:RDF></x:xmpmeta>'
  filled['a.heic'] = heic([{ type: 'Exif', data: Buffer.concat([Buffer.alloc(4), filled['a.tif']]) }, { type: 'mime', media: 'application/rdf+xml', data: Buffer.from(xmp) }])
})

after(async () => {
  await page.close()
  await removeFolders()
})

/** A file without its place; the same bytes where there is nothing to take out. */
const cleaned = async bytes => {
  const clean = await withoutPlace(new Blob([bytes]))
  return clean ? Buffer.from(await clean.arrayBuffer()) : bytes
}
const isRefused = bytes => assert.rejects(withoutPlace(new Blob([bytes])), { name: 'CannotClean' })
const cleanedAll = async files => Object.fromEntries(await Promise.all(Object.entries(files).map(async ([name, bytes]) => [name, await cleaned(bytes)])))

test('every kind of picture and film loses its place, and nothing else', async () => {
  const before = await found(await folder('before'), filled)
  const after = await found(await folder('after'), await cleanedAll(filled))
  for (const name of Object.keys(filled)) {
    assert.ok(before[name].places.length > 2, `${name} had places`)
    assert.deepEqual(after[name].places, [], name)
    for (const tag of ['Rating', 'DateTimeOriginal', 'Orientation', 'Keywords', 'ImageWidth', 'Error', 'Warning']) {
      assert.deepEqual(after[name].tags[tag], before[name].tags[tag], `${tag} of ${name}`)
    }
  }
})

test('a name says nothing about what is in a file', async () => {
  const clean = await cleaned(filled['a.jpg'])
  const renamed = await withoutPlace(new File([filled['a.jpg']], 'IMG_4711.HEIC', { type: 'image/heic' }))
  assert.deepEqual(Buffer.from(await renamed.arrayBuffer()), clean)
})

test('a place is found in HEIC in several pieces, in the picture’s own data, and in its film', async () => {
  const [exif] = [filled['a.tif']]
  const item = { type: 'Exif', data: Buffer.concat([Buffer.alloc(4), exif]) }
  const xmp = { type: 'mime', media: 'application/rdf+xml', data: Buffer.from('<x:xmpmeta><photoshop:City>Spinneyville</photoshop:City></x:xmpmeta>') }
  const moving = box('mpvd', filled['a.mp4'])
  const files = {
    'pieces.heic': heic([{ ...item, extents: 7 }, { ...xmp, extents: 3 }]),
    'inside.heic': heic([{ ...item, method: 1 }, { ...xmp, method: 1 }]),
    'moving.heic': Buffer.concat([heic([item, xmp]), moving]),
    'picture.avif': heic([item, xmp], 'avif'),
    'jpeg.heic': heic([{ type: 'jpeg', data: filled['a.jpg'] }]),
  }
  const clean = await cleanedAll(files)
  for (const [name, { places }] of Object.entries(await found(await folder('heic'), clean))) assert.deepEqual(places, [], name)
  for (const [name, bytes] of Object.entries(clean)) {
    assert.equal(bytes.length, files[name].length)
    assert.ok(bytes.includes('pixels of a picture'), name)
    for (const place of ['Spinneyville', '+48.85']) assert.ok(!bytes.includes(place), `${place} in ${name}`)
  }
  await isRefused(heic([{ ...item, method: 2 }]))
})

test('texts of a PNG lose their place, compressed or not', async () => {
  const packet = '<x:xmpmeta><photoshop:City>Spinneyville</photoshop:City><xmp:Rating>5</xmp:Rating></x:xmpmeta>'
  const hex = Buffer.from(`Exif\0\0${filled['a.tif'].toString('latin1')}`, 'latin1').toString('hex')
  const profile = `\nexif\n${String(hex.length / 2).padStart(8)}\n${hex.replace(/.{72}/g, '$&\n')}\n`
  const texts = {
    'packed.png': chunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\x01\0\0\0'), deflateSync(packet)])),
    'plain.png': chunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${packet}`)),
    'profile.png': chunk('zTXt', Buffer.concat([Buffer.from('Raw profile type exif\0\0'), deflateSync(profile)])),
    'keyword.png': chunk('tEXt', Buffer.from('exif:GPSLatitude\x0048/1,51/1,29/1')),
    'comment.png': chunk('tEXt', Buffer.from('Comment\0taken at +48.858+002.294/')),
  }
  const picture = png(2, 2)
  const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.concat([picture.subarray(0, 33), text, picture.subarray(33)])]))
  const clean = await cleanedAll(files)
  const after = await found(await folder('png'), clean)
  for (const [name, { places, tags }] of Object.entries(after)) {
    assert.deepEqual(places, [], name)
    assert.equal(tags.Error ?? tags.Warning, undefined, name)
    assert.ok(clean[name].subarray(-picture.length + 33).equals(picture.subarray(33)), 'the pixels stay')
  }
  assert.equal(after['packed.png'].tags.Rating, 5)
  assert.equal(after['profile.png'].tags.Orientation, 'Rotate 90 CW')
  assert.ok(!clean['comment.png'].includes('48.858'))
})

const at = '+48.858+002.294/'
const key = name => Buffer.concat([Buffer.from([0, 0, 0, name.length + 8]), Buffer.from(`mdta${name}`)])
const value = (index, text) => box(Buffer.from([0, 0, 0, index]).toString('latin1'), box('data', [0, 0, 0, 1, 0, 0, 0, 0], text))

test('a film tells its place in many ways, and loses it in all of them', async () => {
  const keys = fullBox('keys', 0, [0, 0, 0, 3], key('com.apple.quicktime.location.ISO6709'), key('com.apple.quicktime.make'), key('location-eng'))
  const meta = box('meta', fullBox('hdlr', 0, Buffer.alloc(4), 'mdta', Buffer.alloc(12)), keys, box('ilst', value(1, at), value(2, 'Acme'), value(3, at)))
  const free = box('----', fullBox('mean', 0, 'com.example'), fullBox('name', 0, 'LOCATION'), box('data', [0, 0, 0, 1, 0, 0, 0, 0], at))
  const xmp = '<x:xmpmeta><exif:GPSLatitude>48,51.48N</exif:GPSLatitude></x:xmpmeta>'
  const id = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex')
  const ways = {
    keys: [meta],
    'keys in user data': [box('udta', meta)],
    'a name of its own': [box('udta', fullBox('meta', 0, fullBox('hdlr', 0, Buffer.alloc(4), 'mdir', Buffer.alloc(12)), box('ilst', free)))],
    'a place of 3GPP': [box('udta', fullBox('loci', 0, [0x15, 0xc7], 'Spinneyville\0', Buffer.alloc(13)))],
    'a comment': [box('udta', box('\xa9cmt', [0, 16, 0x15, 0xc7], at))],
    'XMP in user data': [box('udta', box('XMP_', xmp))],
    'XMP in a box with a number': [box('uuid', id, xmp)],
    'user data of a track': [box('trak', box('udta', box('\xa9xyz', [0, 16, 0x15, 0xc7], at)))],
    'a picture in it': [box('udta', box('CNTH', box('CNDA', filled['a.jpg'])))],
  }
  for (const [way, boxes] of Object.entries(ways)) {
    for (const first of [true, false]) {
      const bytes = film('mov', boxes, { first })
      const after = await cleaned(bytes)
      assert.equal(after.length, bytes.length)
      for (const place of [at, '48,51', 'Spinneyville']) assert.ok(!after.includes(place), `${place} as ${way}`)
    }
  }
  assert.ok((await cleaned(film('mov', [meta]))).includes('Acme'))
})

test('what a film tells along the way is emptied, and its pictures and sounds stay', async () => {
  const telling = Buffer.from(`GPS5 ${at} `.repeat(3))
  const data = Buffer.concat([Buffer.from('pictures'), telling, Buffer.from('sounds')])
  const sizes = [20, telling.length - 20]
  const begins = DATA_AT + 'pictures'.length
  const apple = name => sampleEntry('mebx', box('keys', box('\0\0\0\x01', box('keyd', `mdta${name}`))))
  const tracks = {
    GoPro: ['meta', sampleEntry('gpmd')],
    Android: ['camm', sampleEntry('camm')],
    Sony: ['meta', sampleEntry('rtmd')],
    Apple: ['meta', apple('com.apple.quicktime.location.ISO6709')],
    subtitles: ['sbtl', sampleEntry('tx3g')],
  }
  for (const [maker, [handler, entry]] of Object.entries(tracks)) {
    const after = await cleaned(film('mp4', [track(handler, entry, begins, sizes)], { data }))
    assert.ok(!after.includes('48.858'), maker)
    for (const stays of ['pictures', 'sounds']) assert.ok(after.includes(stays), `${stays} of ${maker}`)
    await isRefused(film('mp4', [track(handler, entry, begins, sizes)], { data, before: [box('moof')] }))
  }
  // Which frame is the still of a Live Photo.
  const still = film('mov', [track('meta', apple('com.apple.quicktime.still-image-time'), begins, sizes)], { data })
  assert.equal(await withoutPlace(new Blob([still])), null)
})

test('of a film of many gigabytes only its boxes are read', async () => {
  const ftyp = box('ftyp', 'isom\0\0\0\0isom')
  const size = 12 * 2 ** 30
  const mdat = Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from('mdat'), Buffer.alloc(8)])
  mdat.writeBigUInt64BE(BigInt(size), 8)
  const moov = box('moov', box('udta', box('\xa9day', [0, 4, 0, 0], '2026')))
  let read = 0
  const parts = [[0, Buffer.concat([ftyp, mdat])], [ftyp.length + size, moov]]
  const whole = ftyp.length + size + moov.length
  const huge = {
    size: whole,
    type: 'video/mp4',
    slice(from, to = whole) {
      return { arrayBuffer: async () => {
        const bytes = Buffer.alloc(to - from)
        read += bytes.length
        for (const [at, part] of parts) for (let i = 0; i < part.length; i++) if (at + i >= from && at + i < to) bytes[at + i - from] = part[i]
        return new Uint8Array(bytes).buffer
      } }
    },
  }
  assert.equal(await withoutPlace(huge), null)
  assert.ok(read < 1_000_000, `${read} bytes were read`)
})

test('a tag of Matroska about a place is gone, and another one stays', async () => {
  const bytes = matroska('COM.APPLE.QUICKTIME.LOCATION.ISO6709', at)
  const after = await cleaned(bytes)
  assert.equal(after.length, bytes.length)
  assert.ok(!after.includes(at))
  assert.ok(after.includes('Alps'))
})

test('a raw picture keeps the notes that it is developed with, and is refused', async () => {
  const u16 = n => Buffer.from([n & 255, n >> 8])
  const u32 = n => Buffer.from([n & 255, (n >> 8) & 255, (n >> 16) & 255, 0])
  const entry = (tag, type, count, value) => Buffer.concat([u16(tag), u16(type), u32(count), value])
  const withNotes = (...tags) => {
    const exif = 8 + 2 + (tags.length + 1) * 12 + 4
    const first = [u16(tags.length + 1), ...tags, entry(0x8769, 4, 1, u32(exif)), u32(0)]
    const second = [u16(1), entry(0x927c, 7, 32, u32(exif + 18)), u32(0)]
    return Buffer.concat([Buffer.from('II*\0'), u32(8), ...first, ...second, Buffer.from('Nikon, Spinneyville'.padEnd(32))])
  }
  const [sensor, dng] = [entry(0x0106, 3, 1, Buffer.concat([u16(32803), u16(0)])), entry(0xc612, 1, 4, Buffer.from([1, 4, 0, 0]))]
  await isRefused(withNotes(sensor))
  for (const tags of [[], [sensor, dng]]) assert.ok(!(await cleaned(withNotes(...tags))).includes('Spinneyville'))
})

test('what we cannot read is refused where it may tell a place, and left alone where it is no picture', async () => {
  const packets = text => Buffer.concat(Array.from({ length: 6 }, () => Buffer.concat([Buffer.from('G'), Buffer.from(text.padEnd(187), 'latin1')])))
  const refused = {
    'a raw picture': Buffer.from('FUJIFILMCCD-RAW 0201'),
    'a raw picture of boxes': Buffer.concat([box('ftyp', 'crx \0\0\0\0crx '), box('moov')]),
    'a Flash film with a place': Buffer.from(`FLV\x01 location ${at}`),
    'a film of a camcorder with a place': packets('MDPM\x01\xb2\0\0\0\0'),
    'a film of a panorama camera': Buffer.concat([film('mp4'), noise(100), Buffer.from('8db42d694ccc418790edff439fe026bf')]),
    'a FLIR picture': jpeg(segment(0xe1, 'FLIR\0', noise(50))),
  }
  for (const [kind, bytes] of Object.entries(refused)) await assert.rejects(withoutPlace(new Blob([bytes])), { name: 'CannotClean' }, kind)
  const left = {
    'a film of a camcorder without a place': packets('MDPM\x01\x18\0\0\0\0'),
    'a text that begins like a film': Buffer.from('The free map: latitude 48.858'),
    'source code': Buffer.from('export const latitude = 48.858\n'),
    'a track of a walk': Buffer.from('<gpx><trkpt lat="48.858" lon="2.294"/></gpx>'),
    noise: Buffer.concat([Buffer.from('x'), noise(5_000)]),
    nothing: Buffer.alloc(0),
  }
  for (const [kind, bytes] of Object.entries(left)) assert.equal(await withoutPlace(new Blob([bytes])), null, kind)
})

/** The same numbers below each number for the same seed. */
function random(seed) {
  let state = seed >>> 0
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A copy with a few wrong bytes, and sometimes without its end. */
function broken(bytes, below) {
  const copy = Buffer.from(bytes)
  for (let n = 1 + below(4); n > 0; n--) {
    const at = below(copy.length)
    copy[at] = [0, 0xff, 0x7f, copy[at] ^ (1 << below(8)), below(256)][below(5)]
  }
  return below(10) === 0 ? copy.subarray(0, below(copy.length)) : copy
}

test(`a broken file is refused or has no place that ExifTool finds (seed ${SEED})`, async () => {
  const below = random(SEED)
  const kinds = { ...filled, 'a.mkv': matroska('LOCATION', at), 'moving.jpg': Buffer.concat([filled['a.jpg'], filled['a.mp4']]) }
  const results = {}
  for (const [name, bytes] of Object.entries(kinds)) {
    for (let n = 0; n < BROKEN; n++) {
      const input = broken(bytes, below)
      try {
        const clean = await cleaned(input)
        if (n < LOOKED_AT) results[`${n}-${name}`] = clean
      } catch (error) {
        assert.equal(error.name, 'CannotClean', error.stack)
      }
    }
  }
  const after = await found(await folder('broken'), results)
  for (const [name, { places, tags }] of Object.entries(after)) {
    // Of a file that is of no kind, ExifTool looks for the beginning of something anywhere in it.
    if (!/TIFF-like data/.test(tags.Warning)) assert.deepEqual(places, [], name)
  }
})
