// How files are put in order, what a search finds, and which type a file has: rules of the page without a browser.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noise, png } from './lib/files.mjs'
import { film, gif, heic, jpeg, matroska, webp } from './lib/media.mjs'
import { source } from './lib/packages.mjs'

let page
let order
let tree
let search
let types

before(async () => {
  page = await source()
  order = await page.module('src/order.ts')
  tree = await page.module('src/tree.ts')
  search = await page.module('src/state/search-text.ts')
  types = await page.module('src/media-type.ts')
})

after(() => page.close())

const shuffled = list => list.map(item => [Math.random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item)

test('names are in the order in which people count', () => {
  const ordered = [
    'IMG 1.png', 'IMG 2.png', 'IMG 9.png', 'IMG 10.png', 'IMG 11.png', 'IMG 100.png',
    'trip/2/a.png', 'trip/10/a.png', 'trip/10/b.png', 'trip 2/a.png',
  ]
  const paths = order.pathsInOrder(shuffled(ordered))
  assert.deepEqual(paths.filter(path => !path.includes('/')), ordered.filter(path => !path.includes('/')))
  // A folder's files stay together, and its own name counts before that of a longer one.
  assert.deepEqual(paths.filter(path => path.includes('/')), ordered.filter(path => path.includes('/')))
})

test('accents and capitals do not take a name out of its place', () => {
  assert.deepEqual(order.pathsInOrder(['Zebra', 'öl', 'apfel', 'Äpfel', 'Ofen']), ['apfel', 'Äpfel', 'Ofen', 'öl', 'Zebra'])
})

test('names that count as equal have one order all the same', () => {
  const alike = ['\u00e9.txt', 'e\u0301.txt', 'a1', 'a01']
  assert.deepEqual(order.pathsInOrder(alike), order.pathsInOrder(alike.toReversed()))
})

test('pictures and films come before other files', () => {
  const files = [['a.txt', 'text/plain'], ['z.png', 'image/png'], ['m.mp4', 'video/mp4'], ['drawing.svg', 'image/svg+xml']]
  const sorted = order.inOrder(files.map(([path, type]) => ({ path, type })))
  assert.deepEqual(sorted.map(({ path }) => path), ['m.mp4', 'z.png', 'a.txt', 'drawing.svg'])
})

test('files are in the order of their dates or sizes, pictures still first, and equal ones by name', () => {
  const stamps = {
    'a10.jpg': { size: 5, modified: new Date(2026, 4, 15) }, 'a2.jpg': { size: 5, modified: new Date(2026, 4, 15) },
    'b.jpg': { size: 900 }, 'c.jpg': { size: 70, modified: new Date(2025, 11, 31) }, 'd.txt': { size: 10_000, modified: new Date(2020, 0, 1) },
  }
  const files = order.inOrder(shuffled(Object.keys(stamps)).map(path => ({ path, type: path.endsWith('jpg') ? 'image/jpeg' : 'text/plain', ...stamps[path] })))
  const by = name => order.orderedBy(files, name).map(({ path }) => path)
  assert.deepEqual(by('name'), ['a2.jpg', 'a10.jpg', 'b.jpg', 'c.jpg', 'd.txt'])
  assert.deepEqual(by('oldest'), ['c.jpg', 'a2.jpg', 'a10.jpg', 'b.jpg', 'd.txt'])
  assert.deepEqual(by('newest'), ['a2.jpg', 'a10.jpg', 'c.jpg', 'b.jpg', 'd.txt'])
  assert.deepEqual(by('size'), ['b.jpg', 'c.jpg', 'a2.jpg', 'a10.jpg', 'd.txt'])
  const months = order.byMonth(by('oldest').slice(0, 4).map(path => ({ path, ...stamps[path] })))
  assert.deepEqual(months.map(({ month, files }) => [month?.getMonth(), files.length]), [[11, 1], [4, 2], [undefined, 1]])
})

test('folders are what the paths say, and a share of one folder begins in it', () => {
  const files = ['trip/2/a.jpg', 'trip/10/b.jpg', 'trip/10/deep/c.jpg', 'trip/d.txt'].map(path => ({ path }))
  assert.equal(tree.commonFolder(files), 'trip')
  const { files: here, folders } = tree.inFolder(files, 'trip')
  assert.deepEqual(here.map(({ path }) => path), ['trip/d.txt'])
  assert.deepEqual(folders, [{ path: 'trip/2', name: '2', files: 1, first: 'trip/2/a.jpg' }, { path: 'trip/10', name: '10', files: 2, first: 'trip/10/b.jpg' }])
  assert.deepEqual(tree.crumbs('trip/10/deep', 'trip'), [{ path: 'trip/10', name: '10' }, { path: 'trip/10/deep', name: 'deep' }])
  assert.equal(tree.commonFolder([{ path: 'ab/x' }, { path: 'abc/x' }]), '')
  assert.equal(tree.commonFolder([]), '')
  assert.deepEqual(tree.crumbs('', ''), [])
})

test('ten thousand names are in order before anybody waits', () => {
  const names = shuffled(Array.from({ length: 10_000 }, (_, i) => ({ path: `trip/day ${i % 30}/IMG_${i}.jpg`, type: 'image/jpeg' })))
  const begun = performance.now()
  const sorted = order.inOrder(names)
  const took = performance.now() - begun
  assert.equal(sorted[1].path, 'trip/day 0/IMG_30.jpg')
  // A tenth of it on an idle machine.
  assert.ok(took < 3_000, `${took} ms`)
})

test('a search finds words without their accents, in either form of Unicode, and in any case', () => {
  const finds = (query, text) => assert.ok(search.isFound(query, ['something else', text]), `“${query}” finds “${text}”`)
  const title = 'Übergrößen in Łódź'
  for (const query of ['ubergrossen', 'Uber', 'UBER', 'lodz', 'U\u0308ber', 'über', 'Łódź', 'Lo\u0301dz', 'uebergroessen', ' ÜBERGRÖSSEN  in ']) finds(query, title)
  finds('Übergrößen', 'U\u0308bergro\u0308ßen')
  for (const query of ['istanbul', 'İstanbul', 'ISTANBUL', 'ıstanbul']) for (const text of ['İstanbul', 'istanbul', 'Istanbul', 'ISTANBUL']) finds(query, text)
  for (const [query, text] of [
    ['strasse', 'Straße'], ['Straße', 'STRASSE'], ['soren', 'Søren'], ['soeren', 'Søren'], ['francois', 'François'], ['Mueller', 'Müller'],
    ['Muller', 'Müller'], ['aesir', 'Æsir'], ['thor', 'Þór'], ['nino', 'Niño'], ['елка', 'Ёлка'], ['αγαπη', 'Αγάπη'], ['ΟΔΟΣ', 'οδός'],
    ["o'brien", 'O’Brien'], ['jean paul', 'Jean\u00a0 Paul'], ['한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8'], ['ｆｕｌｌ', 'full'], ['ガ', 'カ\u3099'], ['Nguyen', 'Nguyễn'],
  ]) finds(query, text)
})

test('a search does not find what is another word', () => {
  for (const [query, text] of [['joe', 'John'], ['lodge', 'Łódź'], ['カ', 'キ'], ['x', 'Übergrößen']]) {
    assert.ok(!search.isFound(query, [text]), `“${query}” does not find “${text}”`)
  }
  assert.ok(search.isFound('  ', []), 'an empty search finds everything')
})

test('the type of a file is that of its bytes', () => {
  const packets = Buffer.concat(Array.from({ length: 6 }, () => Buffer.concat([Buffer.from('G'), noise(187)])))
  const cases = [
    [Buffer.from("export const films: Film[] = []\nGreat.go('G')\n".repeat(20)), 'video/mp2t', 'text/plain'],
    [packets, 'video/mp2t', 'video/mp2t'],
    [Buffer.concat([Buffer.alloc(4), packets.subarray(0, 188), Buffer.alloc(4), packets.subarray(0, 188), Buffer.alloc(4), packets.subarray(0, 188)]), 'video/mp2t', 'video/mp2t'],
    [noise(2_000).fill(1, 0, 1), 'video/mp2t', 'application/octet-stream'],
    [Buffer.from('no picture at all'), 'image/png', 'text/plain'],
    [Buffer.from('Größe'.repeat(300)), 'image/jpeg', 'text/plain'],
    [Buffer.alloc(0), 'image/png', 'application/octet-stream'],
    [jpeg(), 'image/heic', 'image/jpeg'],
    [jpeg(), '', 'image/jpeg'],
    [png(2, 2), 'image/jpeg', 'image/png'],
    [gif(), 'text/plain', 'image/gif'],
    [webp(), 'image/png', 'image/webp'],
    [heic([]), 'image/jpeg', 'image/heic'],
    [heic([], 'avif'), '', 'image/avif'],
    [film('mp4'), '', 'video/mp4'],
    [film('mov'), 'application/octet-stream', 'video/quicktime'],
    [film('mp4'), 'video/x-m4v', 'video/x-m4v'],
    [matroska('TITLE', 'Alps'), '', 'video/x-matroska'],
    [noise(2_000).fill(1, 0, 1), 'video/x-unknown', 'video/x-unknown'],
    [Buffer.from('BMW and other words'), 'text/plain', 'text/plain'],
    [Buffer.from('%PDF-1.7'), 'application/pdf', 'application/pdf'],
  ]
  for (const [bytes, claimed, type] of cases) assert.equal(types.trueType(new Uint8Array(bytes.subarray(0, 1024)), claimed), type, `${bytes.subarray(0, 12)} claimed as ${claimed}`)
})

test('the viewer shows pictures, films, sounds and texts, and nothing that could do more', () => {
  const kinds = [
    ['a.jpg', 'image/jpeg', 'picture'], ['a.heic', 'image/heic', 'picture'], ['a.svg', 'image/svg+xml', undefined],
    ['a.mov', 'video/quicktime', 'film'], ['a.mp3', 'audio/mpeg', 'sound'], ['a.html', 'text/html', 'text'], ['a.json', 'application/json', 'text'],
    ['notes.MD', '', 'text'], ['notes.log', 'application/octet-stream', 'text'], ['a.pdf', 'application/pdf', undefined], ['a.txt', 'application/zip', undefined],
    ['a', '', undefined],
  ]
  for (const [path, type, kind] of kinds) assert.equal(types.kindOf({ path, type }), kind, `${path}, ${type}`)
})
