// Firefox saves, shows and shares. It ends a service worker that is idle, also while it streams.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { digest, noise, png, write } from './lib/files.mjs'
import { InFirefox } from './lib/firefox.mjs'
import { folder, root } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

/** What the host has in place of built files. */
const others = {}
const here = world({ line: true, host: { others } })

/** When Firefox ends an idle service worker, in milliseconds; 30,000 for people. */
const IDLE = 3_000
/** The film takes twice as long. */
const SIZE = 3_000_000
const RATE = SIZE / (2 * IDLE / 1000)

here.test('a save that takes longer than an idle service worker lives is whole in Firefox, and a picture too', async () => {
  const anna = await here.person('Anna')
  const ben = await here.visitor('Ben', { as: InFirefox, prefs: { 'dom.serviceWorkers.idle_timeout': IDLE } })
  await ben.makeProfile()
  await here.befriend(anna, ben)
  const film = noise(SIZE)
  const files = await write(await folder('film'), { 'film.bin': film, 'sea.png': png(1000, 600) })
  await anna.share({ title: 'A film', files, to: ['Ben'] })
  await anna.kept()
  await anna.leave()

  await ben.openShare('A film')
  here.line.slow(RATE)
  const saving = ben.saveFile('film.bin')
  // A new version comes meanwhile. Its service worker takes over when the save has ended.
  await until(() => ben.page.evaluate(() => navigator.serviceWorker.controller?.state), 'activated')
  others['/sw.js'] = `${await readFile(path.join(root, 'www/dist/sw.js'), 'utf8')}\n// another one`
  await ben.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    await registration.update()
  })
  const saved = await saving
  assert.equal(digest(saved.bytes), digest(film))
  await ben.look('sea.png')
  await until(() => ben.page.$eval('.viewer img[alt="sea.png"]', img => img.complete && img.naturalWidth), 1000)
  here.line.release()

  await ben.page.keyboard.press('Escape')
  const own = await write(await folder('own'), { 'note.txt': 'from Firefox' })
  await ben.share({ title: 'A note', files: own, to: ['Anna'] })
  await ben.page.waitForFunction(() => document.body.innerText.includes('In this browser and at your relay'))
})
