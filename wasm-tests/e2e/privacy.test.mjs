// 5. A person who was not chosen sees nothing. What is locked is gone. What others keep tells nothing.
import assert from 'node:assert/strict'
import { appendFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { file, jpeg, noise, PLACE, png } from './lib/files.mjs'
import { Search } from './lib/search.mjs'
import { world } from './lib/world.mjs'

const here = world({ relay: { tap: true } })

const TITLE = 'Zwölf Nächte am Nordkap'
const NOTE = 'Quendelduft und Kaffee vor dem grünen Zelt'
const NAMES = ['Mitternachtssonne.png', 'Rentierherde.jpg', 'Fahrtenbuch-1997.txt']
const DIARY = Buffer.from(Array.from({ length: 40 }, (_, i) => `Tag ${i}: ${noise(40).toString('hex')}\n`).join(''))

here.test('a contact who was not chosen sees nothing of a share', async () => {
  const [anna, ben, carl] = await here.friends('Anna', 'Ben', 'Carl')
  await anna.share({ title: 'For Ben alone', files: [file('a.txt', 'b')], to: ['Ben'] })
  await ben.openShare('For Ben alone')
  const [id] = await ben.api(async ({ spinney }) => (await spinney.shares.list()).map(share => share.id))
  // Carl holds Anna's newest root as soon as he sees her next share for him.
  await anna.share({ title: 'For Carl alone', files: [file('a.txt', 'c')], to: ['Carl'] })
  await carl.openShare('For Carl alone')
  const seen = await carl.api(async ({ spinney, id }) => {
    const refused = await spinney.shares.get(id).then(() => 'given', error => error.code)
    return { titles: (await spinney.shares.list()).map(share => share.title), refused }
  }, { id })
  assert.deepEqual(seen, { titles: ['For Carl alone'], refused: 'not-found' })
  const fetched = await carl.page.evaluate(async id => (await fetch(`./s/${id}/a.txt`)).status, id)
  assert.equal(fetched, 404)
})

here.test('locking makes everything disappear until the passphrase is typed again', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Gone while locked', files: [file('a.txt', 'a')], to: ['Ben'] })
  await ben.openShare('Gone while locked')
  const url = await ben.api(async ({ spinney }) => {
    const [share] = await spinney.shares.list()
    return new URL(spinney.shares.url(share.id, 'a.txt'), document.baseURI).href
  })
  const status = url => ben.page.evaluate(async url => (await fetch(url)).status, url)
  await ben.served()
  assert.equal(await status(url), 200)
  await ben.lock()
  assert.equal(await status(url), 404)
  const calls = await ben.api(async ({ spinney }) => {
    const code = call => call.then(() => 'given', error => error.code)
    return Promise.all([code(spinney.shares.list()), code(spinney.contacts.list())])
  })
  assert.deepEqual(calls, ['locked', 'locked'])
  const shown = await ben.page.innerText('body')
  for (const secret of ['Gone while locked', 'Anna']) assert.ok(!shown.includes(secret), shown)
  await ben.unlock()
  await ben.openShare('Gone while locked')
})

here.test('relay, wire and disks hold nothing of what was shared', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const picture = png(240, 180)
  const camera = await jpeg(anna.page, { place: true })
  // Bytes that it has in common with other pictures of its kind are no secret.
  const search = new Search()
    .text('title', TITLE).text('note', NOTE)
    .bytes('picture', picture, png(240, 180)).bytes('camera picture', camera, await jpeg(anna.page, { place: false }))
    .bytes('diary', DIARY).bytes('place', PLACE)
  NAMES.forEach(name => search.text('file name', name))

  const files = [
    file(NAMES[0], picture, 'image/png'),
    file(NAMES[1], camera, 'image/jpeg'),
    file(NAMES[2], DIARY, 'text/plain'),
  ]
  await anna.share({ title: TITLE, note: NOTE, files, to: ['Ben'] })
  await anna.kept()
  await ben.openShare(TITLE)
  await ben.keep()
  await ben.hasAll()
  await ben.lock()
  await anna.lock()
  await anna.leave()
  await ben.leave()
  await here.relay.stop()

  const places = {
    'tap of the relay': here.relay.tap,
    'folder of the relay': here.relay.data,
    'log of the relay': here.relay.logFile,
    'disk of Anna': anna.browser.profile,
    'disk of Ben': ben.browser.profile,
  }
  for (const [name, place] of Object.entries(places)) assert.deepEqual(await search.below(place), [], name)

  // The same search over the same places finds each kind of fragment, after it was put there.
  const fragments = {
    'title in UTF-8': Buffer.from(TITLE),
    'note in UTF-16': Buffer.from(NOTE, 'utf16le'),
    'file name in base64': Buffer.from(Buffer.from(`x${NAMES[0]}y`).toString('base64')),
    picture: picture.subarray(picture.length >> 1, (picture.length >> 1) + 24),
    diary: Buffer.from(DIARY.subarray(101, 101 + 40).toString('base64')),
  }
  for (const [name, place] of Object.entries(places)) {
    const file = await aFileOf(place)
    for (const [kind, fragment] of Object.entries(fragments)) {
      await appendFile(file, Buffer.concat([Buffer.from('\n'), fragment, Buffer.from('\n')]))
      const found = (await search.below(place)).flatMap(hit => hit.found).join()
      assert.ok(found.includes(kind), `${kind} in the ${name}: ${found}`)
    }
  }
})

/** A file of a place that can be written: the place itself, or a new file in its deepest folder. */
async function aFileOf(place) {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => null)
  if (!entries) return place
  const deepest = entries.filter(entry => entry.isDirectory()).map(entry => path.join(entry.parentPath ?? entry.path, entry.name))
  const file = path.join(deepest.sort((a, b) => b.length - a.length)[0] ?? place, 'planted')
  await writeFile(file, '')
  return file
}
