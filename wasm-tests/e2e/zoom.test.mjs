// What is worked out before a file is shown: where a zoomed picture lies, what a finger meant, what a camera noted, and
// which bytes are text. Rules of the page without a browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { source } from './lib/packages.mjs'
import { cameraJpeg } from './lib/files.mjs'

let page
let zoom
let exif
let text
let format

before(async () => {
  page = await source()
  zoom = await page.module('src/zoom.ts')
  exif = await page.module('src/metadata/exif.ts')
  text = await page.module('src/text-content.ts')
  format = await page.module('src/format.ts')
})

after(() => page.close())

const box = { width: 1000, height: 800 }
const wide = { width: 4000, height: 2000 }

test('what is under the pointer stays there while a picture is enlarged', () => {
  const at = { x: 200, y: 100 }
  let placement = zoom.FITTED
  for (const scale of [1.5, 2.5, 4]) {
    placement = zoom.zoomed(placement, scale, at, wide, box)
    assert.equal(placement.scale, scale)
    assert.ok(Math.abs((at.x - placement.x) / scale - at.x) < 1e-9, `${placement.x}`)
  }
})

test('no edge of a zoomed picture comes into the window, and one that fits lies in its middle', () => {
  const far = zoom.moved(zoom.zoomed(zoom.FITTED, 2, { x: 0, y: 0 }, wide, box), { x: 9_000, y: -9_000 }, wide, box)
  // Shown whole it is 1,000 by 500, and so 2,000 by 1,000 now.
  assert.deepEqual(far, { scale: 2, x: 500, y: -100 })
  assert.deepEqual(zoom.zoomed(far, 0.2, { x: 300, y: 300 }, wide, box), zoom.FITTED)
  const tall = zoom.zoomed(zoom.FITTED, 1.5, { x: 0, y: 400 }, wide, box)
  assert.equal(tall.y, 0, 'as high as the window is, it does not move up or down')
})

test('a large picture can be enlarged to its pixels and beyond, a small one fourfold', () => {
  const most = picture => zoom.zoomed(zoom.FITTED, 1_000, { x: 0, y: 0 }, picture, box).scale
  assert.equal(most({ width: 10, height: 10 }), 4)
  assert.equal(most({ width: 8_000, height: 6_000 }), 16_000 / 1000)
})

test('a turn of the wheel and the same turn back lead to where it began, in pixels, lines and pages', () => {
  for (const mode of [0, 1, 2]) {
    const [nearer, farther] = [zoom.wheelFactor(-3, mode), zoom.wheelFactor(3, mode)]
    assert.ok(nearer > 1 && nearer < 3, `${nearer}`)
    assert.ok(Math.abs(nearer * farther - 1) < 1e-9)
  }
})

test('a finger swipes to the side or down, and else slips', () => {
  const swipe = (x, y) => zoom.swipeOf({ x, y })
  assert.equal(swipe(-200, 10), 'left')
  assert.equal(swipe(60, -20), 'right')
  assert.equal(swipe(30, 150), 'down')
  for (const [x, y] of [[-20, 0], [-60, 60], [0, 60], [0, -300], [-60, -200], [100, 150]]) assert.equal(swipe(x, y), undefined, `${x}, ${y}`)
})

test('the notes of a camera are found in every kind of picture, and broken ones say nothing', () => {
  const jpeg = cameraJpeg(Buffer.from([0xff, 0xd8, 0xff, 0xd9]), { make: 'Maker', model: 'Model 7', taken: '2026:05:15 14:03:00' })
  const notes = exif.cameraNotes(jpeg)
  assert.deepEqual(notes, { taken: new Date(Date.UTC(2026, 4, 15, 14, 3)), camera: 'Maker Model 7', exposure: 1 / 120, iso: 64 })
  assert.match(format.dateAndTime(notes.taken, 'UTC'), /^May 15, 2026 at 2:03/)
  assert.equal(format.exposureOf(notes), '1/120 s · ISO 64')
  const tiff = jpeg.subarray(jpeg.indexOf('Exif\0\0') + 6)
  for (const head of ['\x89PNG\r\n\x1a\n\0\0\0\xffeXIf', 'RIFF\0\0\0\0WEBPEXIF\0\x01\0\0', '\0\0\0\x06Exif\0\0']) {
    assert.equal(exif.cameraNotes(Buffer.concat([Buffer.from(head, 'latin1'), tiff])).camera, 'Maker Model 7', JSON.stringify(head))
  }
  assert.equal(exif.cameraNotes(cameraJpeg(jpeg, { make: 'Maker', model: 'Maker 7', taken: '0000:00:00 00:00:00' })).camera, 'Maker 7')
  assert.equal(exif.cameraNotes(cameraJpeg(jpeg, { make: 'Maker', model: '7', taken: '2026:02:31 00:00:00' })).taken, undefined)
  for (let end = 0; end < jpeg.length; end += 1) exif.cameraNotes(jpeg.subarray(0, end))
  // A directory that points to itself, and one with more entries than there are bytes.
  for (const fill of [0, 8, 255]) exif.cameraNotes(Buffer.concat([Buffer.from('Exif\0\0II*\0\x08\0\0\0', 'latin1'), Buffer.alloc(400, fill)]))
})

test('text is what a byte order mark says, or UTF-8, and nothing else', () => {
  const read = (bytes, cut = false) => text.textOf(new Uint8Array(bytes), cut)
  assert.equal(read(Buffer.from('Größe 😀')), 'Größe 😀')
  assert.equal(read([0xef, 0xbb, 0xbf, 0x61]), 'a')
  assert.equal(read([0xff, 0xfe, 0xf6, 0x00]), 'ö')
  assert.equal(read([0xfe, 0xff, 0x00, 0xf6]), 'ö')
  assert.equal(read([]), '')
  assert.equal(read(Buffer.from('Größe', 'latin1')), null)
  assert.equal(read([0x61, 0, 0x62]), null)
  // A character that the limit cuts in two.
  assert.equal(read([0x61, 0xc3], true), 'a')
  assert.equal(read([0x61, 0xc3]), null)
})
