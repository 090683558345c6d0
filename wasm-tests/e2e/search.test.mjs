// The search must find what it should find. Otherwise finding nothing would prove nothing.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import path from 'node:path'
import { writeFile } from 'node:fs/promises'
import { noise, png } from './lib/files.mjs'
import { folder, removeFolders } from './lib/place.mjs'
import { Search } from './lib/search.mjs'

after(removeFolders)

const TITLE = 'Märchenwald im Nebel'
const picture = png()

const search = new Search().text('title', TITLE).bytes('picture', picture)

const among = fragment => Buffer.concat([noise(5_000), fragment, noise(5_001)])

test('random bytes hold nothing', () => {
  assert.deepEqual(search.in(noise(1 << 20)), [])
})

test('a text is found in every encoding, at every alignment', () => {
  const utf8 = Buffer.from(TITLE)
  assert.deepEqual(search.in(among(utf8)), ['title in UTF-8'])
  assert.deepEqual(search.in(among(Buffer.from(TITLE, 'utf16le'))), ['title in UTF-16'])
  assert.deepEqual(search.in(among(Buffer.from(encodeURIComponent(TITLE)))), ['title in percent encoding'])
  for (let at = 0; at < 3; at++) {
    const text = Buffer.concat([noise(at), utf8, noise(7)]).toString('base64')
    assert.deepEqual(search.in(among(Buffer.from(text))), [`title in base64, alignment ${at}`])
  }
})

test('any 24 bytes of a file are found, as they are and in base64', () => {
  for (const at of [0, 1, 777, picture.length - 24]) {
    const window = picture.subarray(at, at + 24)
    assert.equal(search.in(among(window)).length, 1, `window at ${at}`)
    for (let shift = 0; shift < 3; shift++) {
      const wider = picture.subarray(Math.max(0, at - 4), at + 28)
      const text = Buffer.concat([noise(shift), wider, noise(5)]).toString('base64')
      assert.match(search.in(among(Buffer.from(` ${text} `))).join(), /in base64/, `window at ${at}, shift ${shift}`)
    }
  }
})

test('23 bytes of a file are not enough', () => {
  const bytes = Buffer.from(picture.subarray(500, 525))
  bytes[0] ^= 1
  bytes[24] ^= 1
  assert.deepEqual(search.in(among(bytes)), [])
})

test('windows that other files have as well are left out', () => {
  const common = noise(100)
  const search = new Search().bytes('file', Buffer.concat([common, noise(100)]), common)
  assert.deepEqual(search.in(common), [])
})

test('files below a folder are searched, their names too', async () => {
  const place = await folder('search')
  await writeFile(path.join(place, 'a'), among(Buffer.from(TITLE, 'utf16le')))
  await writeFile(path.join(place, TITLE), noise(10))
  await writeFile(path.join(place, 'b'), noise(100_000))
  const hits = await search.below(place)
  assert.deepEqual(hits.map(({ found }) => found.join()).sort(), ['title in UTF-16', 'title in UTF-8'])
})
