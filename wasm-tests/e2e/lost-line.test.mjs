// Saving over a line that is slow or cut, while the engine moves, and without a service worker: all bytes arrive, or the
// download fails and the page says so.
import assert from 'node:assert/strict'
import { digest, MEGABYTE, noise, png, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'
import { unzip } from './lib/zip.mjs'

const here = world({ line: true })

const SIZE = 8 * MEGABYTE

/** Ben, to whom Anna has given a film, and who looks at it; Anna is gone. */
async function given() {
  const { ben, whole } = await here.givenFilm(SIZE)
  await ben.openShare('The film')
  await ben.served()
  return { ben, whole }
}

/** Begins to save, and resolves to the download once half of the film has come. */
async function halfSaved(ben, button) {
  here.line.hold('down', SIZE / 2)
  const [download] = await Promise.all([ben.page.waitForEvent('download'), ben.page.getByRole('button', { name: button }).click()])
  await here.line.held()
  return download
}

/** Bytes of the film that are in Ben's browser. */
const have = ben => ben.api(async ({ spinney }) => {
  const [share] = await spinney.shares.list()
  return (await spinney.shares.file(share.id, 'film.bin')).have
})

async function bytesOf(download) {
  const parts = []
  for await (const part of await download.createReadStream()) parts.push(part)
  return Buffer.concat(parts)
}

here.test('a save whose line is cut, and whose page stands still, says that it waits and goes on to the last byte', async () => {
  const { ben, whole } = await given()
  const download = await halfSaved(ben, 'Download film.bin')
  here.line.cut()
  await ben.page.locator('.connection').getByText('Connecting to your relay…').waitFor()
  await ben.page.getByText('“film.bin” waits for more.').waitFor()
  // As behind the locked screen of a phone.
  const debug = await ben.page.context().newCDPSession(ben.page)
  await debug.send('Page.setWebLifecycleState', { state: 'frozen' })
  here.line.mend()
  await debug.send('Page.setWebLifecycleState', { state: 'active' })
  assert.equal(digest(await bytesOf(download)), whole.digest)
  await ben.page.getByText('“film.bin” waits for more.').waitFor({ state: 'detached' })
  assert.deepEqual(await ben.page.evaluate(() => window.notices.filter(said => said.includes('broke off'))), [])
})

here.test('a save fails when the profile is locked, and goes on from what is here', async () => {
  const { ben, whole } = await given()
  const download = await halfSaved(ben, 'Download film.bin')
  // Blocks are stored behind the reader.
  await until(async () => (await have(ben)) >= 2 * MEGABYTE, true)
  await ben.lock()
  await ben.hears('Saving broke off, because Spinney was locked.')
  assert.ok(await download.failure())
  assert.ok(!(await ben.sees()).includes('film.bin'))
  here.line.release()
  await ben.unlock()
  await ben.openShare('The film')
  const before = await here.relay.bytesServed()
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
  const served = (await here.relay.bytesServed()) - before
  assert.ok(served < SIZE - MEGABYTE, `${served} bytes were fetched again`)
})

for (const [what, button, read] of [
  ['a file', 'Download film.bin', bytes => bytes],
  ['a zip', /^Save all/, bytes => unzip(bytes).get('film.bin')],
]) {
  here.test(`${what} that is being saved goes on at its byte when the tab with the engine is reloaded`, async () => {
    const { ben, whole } = await given()
    const leader = ben.page
    ben.page = await ben.browser.tab(here.url)
    await ben.openShare('The film')
    const download = await halfSaved(ben, button)
    await leader.reload()
    here.line.release()
    assert.equal(digest(read(await bytesOf(download))), whole.digest)
  })
}

here.test('a save whose service worker the browser ends has failed, and the page says so and goes on from what is here', async () => {
  const { ben, whole } = await given()
  const download = await halfSaved(ben, 'Download film.bin')
  const debug = await ben.page.context().newCDPSession(ben.page)
  await debug.send('ServiceWorker.enable')
  await debug.send('ServiceWorker.stopAllWorkers')
  assert.ok(await download.failure())
  await ben.hears('Saving “film.bin” broke off. The browser stopped it.')
  here.line.release()
  const { bytes } = await ben.saved(() => ben.page.getByRole('button', { name: 'Save again: film.bin' }).click())
  assert.equal(digest(bytes), whole.digest)
})

here.test('a save over a line of 20 kB/s ends whole, and fetches little twice', async () => {
  const { ben, whole } = await given()
  here.line.slow(20_000)
  const before = await here.relay.bytesServed()
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
  const served = (await here.relay.bytesServed()) - before
  assert.ok(served < 1.25 * SIZE, `${served} bytes were served of ${SIZE}`)
}, { skip: !process.env.SPINNEY_LONG, timeout: 900_000 })

here.test('without a service worker pictures show, files and zips are saved, and a second tab says why it does not open', async () => {
  const anna = await here.visitor('Anna')
  await anna.prepare(() => Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined }))
  await anna.makeProfile()
  const files = await write(await folder('some'), { 'sea.png': png(), 'film.bin': noise(3 * MEGABYTE) })
  await anna.share({ title: 'Some', files })
  await anna.page.getByRole('link', { name: 'Open sea.png' }).click()
  const picture = anna.page.getByRole('img', { name: 'sea.png' })
  await until(() => picture.evaluate(img => img.naturalWidth), 160)
  await anna.page.keyboard.press('Escape')
  const alone = await anna.saveFile('film.bin')
  assert.equal(alone.name, 'film.bin')
  const all = await anna.saveAll()
  assert.equal(all.name, 'Some.zip')
  const zip = unzip(all.bytes)
  assert.deepEqual([...zip.keys()], ['film.bin', 'sea.png'])
  assert.equal(digest(zip.get('film.bin')), digest(alone.bytes))
  // Only through a service worker is there a way from one tab to another.
  const second = await anna.browser.tab(here.url)
  await second.getByText('Spinney is open in another tab, and this browser can run it in one tab only.').waitFor()
  await anna.page.close()
  await second.getByRole('button', { name: 'Start again' }).click()
  await anna.unlock(undefined, second)
  await anna.heading('Home', second)
})
