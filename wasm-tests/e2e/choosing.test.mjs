// Which file is which while files are chosen, and what is left out.
import assert from 'node:assert/strict'
import { File } from 'node:buffer'
import { after, before, test } from 'node:test'
import { noise } from './lib/files.mjs'
import { source } from './lib/packages.mjs'

let page
let systemFile
let ChosenFiles
let emptyAmong
let unreadablePaths

before(async () => {
  page = await source()
  ;({ systemFile } = await page.module('src/system-files.ts'))
  ;({ ChosenFiles, emptyAmong } = await page.module('src/chosen-files.ts'))
  ;({ unreadablePaths } = await page.module('src/same-bytes.ts'))
})

after(() => page.close())

const of = (bytes, lastModified = 1_000_000_000_000) => new File([bytes], 'x', { lastModified })

/** Adds files one after the other. Returns what became of each. */
async function add(chosen, files) {
  const outcomes = []
  for (const [path, file] of files) outcomes.push(await chosen.add(path, file))
  return outcomes
}

test('what systems and programs made for themselves is known by its name, with the folder that it is in', () => {
  const left = {
    '.DS_Store': '.DS_Store',
    'trip/.DS_Store': 'trip/.DS_Store',
    'trip/._a.jpg': 'trip/._a.jpg',
    'trip/Thumbs.db': 'trip/Thumbs.db',
    'trip/thumbs.db': 'trip/thumbs.db',
    'DESKTOP.INI': 'DESKTOP.INI',
    'ehthumbs.db': 'ehthumbs.db',
    'trip/Icon\r': 'trip/Icon\r',
    '__MACOSX/x/._y': '__MACOSX',
    'a/__MACOSX/x': 'a/__MACOSX',
    'stick/.Spotlight-V100/store': 'stick/.Spotlight-V100',
    'stick/.Trashes': 'stick/.Trashes',
    'stick/.Trash-1000/files/a': 'stick/.Trash-1000',
    'stick/.fseventsd/0': 'stick/.fseventsd',
    '$RECYCLE.BIN/S-1/a.jpg': '$RECYCLE.BIN',
    'System Volume Information/x': 'System Volume Information',
    'd/.directory': 'd/.directory',
    'd/~$letter.docx': 'd/~$letter.docx',
    'd/.~lock.letter.odt#': 'd/.~lock.letter.odt#',
    'nas/@eaDir/a.jpg/t.jpg': 'nas/@eaDir',
  }
  for (const [path, of] of Object.entries(left)) assert.equal(systemFile(path), of, path)
  const kept = [
    '.env', '.gitignore', '.git/config', '.htaccess', '.hidden', '._', 'Icon', 'icon.png', 'thumbs.db.txt', 'my desktop.ini.bak',
    '~$', '~$notes.txt', '~draft.docx', 'directory', 'Trashes/a', 'MACOSX/a', 'lock.odt#', '...', 'DS_Store', '.local/share/a',
  ]
  for (const path of kept) assert.equal(systemFile(path), undefined, path)
})

test('bytes decide whether a file is chosen twice, not its name, size and time', async () => {
  const chosen = new ChosenFiles()
  const outcomes = await add(chosen, [
    ['IMG_0001.JPG', of('first')],
    ['IMG_0001.JPG', of('other')],
    ['IMG_0001.JPG', of('first', 5)],
    ['IMG_0001.JPG', of('other')],
    ['IMG_0001.JPG', of('a third one')],
    ['img_0001.jpg', of('first')],
    ['a/IMG_0001.JPG', of('first')],
    ['empty', of('')],
    ['empty', of('')],
  ])
  assert.deepEqual(outcomes, [
    { added: 'IMG_0001.JPG' }, { added: 'IMG_0001 (2).JPG' }, 'same', 'same', { added: 'IMG_0001 (3).JPG' },
    { added: 'img_0001.jpg' }, { added: 'a/IMG_0001.JPG' }, { added: 'empty' }, 'same',
  ])
})

test('files that differ at their ends only are two files', async () => {
  const long = noise(5 * 2 ** 20)
  for (const at of [0, 65_535, 65_536, 4_259_839, 4_259_840, long.length - 1]) {
    const other = Buffer.from(long)
    other[at] ^= 1
    const outcomes = await add(new ChosenFiles(), [['film.bin', of(long)], ['film.bin', of(other)], ['film.bin', of(long)]])
    assert.deepEqual(outcomes, [{ added: 'film.bin' }, { added: 'film (2).bin' }, 'same'], `byte ${at}`)
  }
})

test('a file and a folder of one name get two names, in whichever order they come', async () => {
  const first = new ChosenFiles()
  const outcomes = await add(first, [['docs', of('a')], ['docs/x.txt', of('b')], ['docs/in/y.txt', of('c')], ['docs/x.txt', of('b')]])
  assert.deepEqual(outcomes, [{ added: 'docs' }, { added: 'docs (2)/x.txt' }, { added: 'docs (2)/in/y.txt' }, 'same'])
  assert.equal(first.addFolder('docs/empty'), 'docs (2)/empty')
  const then = new ChosenFiles()
  assert.deepEqual(await add(then, [['docs/x.txt', of('b')], ['docs', of('a')]]), [{ added: 'docs/x.txt' }, { added: 'docs (2)' }])
  const empty = new ChosenFiles([], ['a/b'])
  assert.deepEqual(await add(empty, [['a/b', of('a')], ['a', of('b')]]), [{ added: 'a/b (2)' }, { added: 'a (2)' }])
})

/** A file that was moved away after it was chosen. */
class Gone extends File {
  slice() {
    return { arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }
  }
}

test('a file that cannot be read any more gives its place to the one that is chosen for it', async () => {
  const gone = new Gone(['first'], 'a')
  const chosen = new ChosenFiles()
  assert.deepEqual(await add(chosen, [['a', gone], ['a', of('first')], ['a', gone], ['a', of('first')]]), [
    { added: 'a' }, { replaced: 'a' }, 'unreadable', 'same',
  ])
  const many = Array.from({ length: 40 }, (_, n) => ({ path: `${n}`, file: n % 20 === 7 ? gone : of('x') }))
  assert.deepEqual(await unreadablePaths(many), ['7', '27'])
})

test('folders are empty if nothing is in them, not even a folder', () => {
  const folders = ['trip', 'trip/empty', 'trip/empty/inner', 'trip/full', 'nothing/deep']
  assert.deepEqual(emptyAmong(folders, [{ path: 'trip/full/a' }, { path: 'b' }]), ['nothing/deep', 'trip/empty/inner'])
})
