// A browser whose storage is full: what moves waits and says what to free, what is there stays, and then it goes on.
import assert from 'node:assert/strict'
import { digest, file, film, MEGABYTE, noise } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const SIZE = (process.env.SPINNEY_LONG ? 96 : 12) * MEGABYTE
/** The disk of a person who runs out of it: enough for a page, what is shared, and the overhead of a database. */
const DISK = { disk: 4 * SIZE + 64 * MEGABYTE }
const OLD = noise(2 * MEGABYTE)
const ROOM = '· Waiting for room: free some storage in Settings'

here.test('a download without room waits and says what to free, loses nothing, and goes on', async () => {
  const [ben, anna] = await here.friendsWith(DISK, 'Ben', 'Anna')
  const whole = await film(await folder('film'), 'film.bin', SIZE)
  await anna.share({ title: 'Before', files: file('old.bin', OLD), to: ['Ben'] })
  await anna.share({ title: 'The film', files: whole.path, to: ['Ben'] })
  await anna.kept()
  await anna.leave()
  await ben.openShare('Before')
  await ben.keep()
  await ben.hasAll()

  await ben.openShare('The film')
  const hold = await ben.holdWrites(SIZE / 3)
  await ben.keep()
  await hold.reached()
  await ben.fill()
  await hold.release()
  await ben.page.getByText(ROOM).waitFor()
  await saysWhatToFree(ben)
  await isIntact(ben)

  // This holds for a person who comes back while the disk is full, too.
  await ben.page.reload()
  await ben.unlock()
  await isIntact(ben)
  await ben.openShare('The film')
  await ben.page.getByText(ROOM).waitFor()
  assert.ok(await ben.bar('Progress of Fetching') >= SIZE / 3, 'what was fetched before is still here')

  await ben.makeRoom()
  await ben.hasAll()
  await isOver(ben)
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
})

here.test('a share without room waits and says what to free, loses nothing, and goes on', async () => {
  const [anna, ben] = await here.friendsWith(DISK, 'Anna', 'Ben')
  await anna.share({ title: 'Before', files: file('old.bin', OLD), to: ['Ben'] })
  await anna.kept()
  const whole = await runsFull(anna, ['Ben'])
  await saysWhatToFree(anna)
  await isIntact(anna)
  await anna.go('share')
  await anna.page.getByText(ROOM).waitFor()

  await anna.makeRoom()
  await anna.heading('The film')
  await anna.kept()
  await isOver(anna)
  await ben.openShare('The film')
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
})

here.test('what is freed in the page lets a share go on that waits', async () => {
  const anna = await here.person('Anna', DISK)
  // Much more than the other needs, because a database takes more on disk than its contents.
  const old = await film(await folder('film'), 'old.bin', 2 * SIZE)
  await anna.share({ title: 'Before', files: old.path })
  await anna.kept()
  const whole = await runsFull(anna, [])

  await anna.openShare('Before')
  await anna.page.getByText('Details').click()
  await anna.page.getByRole('button', { name: /^Remove/ }).click()
  await anna.page.getByRole('status').getByRole('button', { name: 'Close' }).click()
  // The page hides it before the engine has removed it.
  await until(() => anna.titles(), [])
  await anna.go('settings')
  await anna.page.getByRole('button', { name: 'Free what is not needed' }).click()
  await anna.openShare('The film')
  await anna.kept()
  await isOver(anna)
  assert.equal(digest((await anna.saveFile('film.bin')).bytes), whole.digest)
})

here.test('who gives up a share that waits for room has nothing of it, and is told of no lack any more', async () => {
  const anna = await here.person('Anna', DISK)
  await runsFull(anna, [])
  // Nor can anything else be saved.
  await anna.go('settings')
  await anna.page.getByLabel('About you').fill('I like herons.')
  await anna.page.getByRole('button', { name: 'Save', exact: true }).click()
  await anna.page.getByText('The storage of this browser is full. Free some in Settings.').waitFor()
  await anna.go('share')
  await anna.page.getByRole('button', { name: 'Cancel' }).click()
  // The share in progress is taken back before another can be made.
  await anna.heading('Share')
  await isOver(anna)
  await anna.go('')
  await anna.heading('Home')
  assert.deepEqual(await anna.api(async ({ spinney }) => [await spinney.shares.drafts(), await spinney.shares.list()]), [[], []])
})

/** A person's disk gets full in the middle of sharing a film, and she is told. */
async function runsFull(person, to) {
  const whole = await film(await folder('film'), 'film.bin', SIZE)
  await person.compose({ title: 'The film', files: whole.path, to })
  const hold = await person.holdWrites(SIZE / 3)
  await person.send.click()
  await hold.reached()
  await person.fill()
  await hold.release()
  await person.page.getByText(ROOM).waitFor()
  return whole
}

/** The banner leads to the place where room can be made. */
async function saysWhatToFree(person) {
  await person.page.getByRole('alert').getByText('The storage of this browser is full.').waitFor()
  await person.page.getByRole('link', { name: 'See what to free' }).click()
  await person.heading('Settings')
  await person.page.getByText(/ of about .* used$/).waitFor()
}

async function isOver(person) {
  await person.page.getByText('The storage of this browser is full.').waitFor({ state: 'detached' })
}

/** What was there before is still there. */
async function isIntact(person) {
  await person.openShare('Before')
  assert.equal(digest((await person.saveFile('old.bin')).bytes), digest(OLD))
}
