// Freeing a browser's space: files leave it once a friend and the relay have proven that they have them, and open from there.
import assert from 'node:assert/strict'
import { digest, file, MEGABYTE, noise } from './lib/files.mjs'
import { burn, give, lasting, room, trust } from './lib/keeping.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('a film leaves this browser, and opens from a friend after the relay has lost it', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const film = noise(3 * MEGABYTE)
  await trust(anna, 'Ben')
  await anna.share({ title: 'Lake', files: [file('film.bin', film)] })
  await anna.kept()
  await anna.go('settings')
  await anna.page.getByText(/1 share, .+: no friend keeps all of it\./).waitFor()
  await lasting(ben)
  await give(ben, 'Anna', 1)
  await room(ben, 'Anna').getByText('1 share kept.').waitFor()
  await anna.visit('Ben')
  await room(anna, 'Ben').getByText(/Ben keeps 1 share of yours whole/).waitFor()

  const used = () => anna.api(async ({ spinney }) => (await spinney.storage.status()).used)
  const before = await used()
  await anna.go('settings')
  await anna.page.getByText(/^1 share can go: 3\.\d MB\.$/).waitFor()
  await anna.page.getByRole('button', { name: 'Free up this browser' }).click()
  await anna.hears('MB freed.')
  await anna.page.getByText('Nothing can go now.').waitFor()
  assert.ok(before - (await used()) >= 3 * MEGABYTE, 'the bytes are free')
  await anna.openShare('Lake')
  await anna.page.getByText(/^Its files are not in this browser any more\. They open from Ben and /).waitFor()

  await burn(here.relay)
  const { bytes } = await anna.saveFile('film.bin')
  assert.equal(digest(bytes), digest(film))
})
