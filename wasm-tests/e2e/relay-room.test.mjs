// A relay without room: for this person, or on its disk. The page says which, what fits goes through, and the rest goes
// on by itself.
import assert from 'node:assert/strict'
import { digest, file, MEGABYTE, noise } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const QUOTA = 3_000_000
const here = world({ relay: { quota: QUOTA } })

/** Removes a share for good. */
async function remove(person, title) {
  await person.openShare(title)
  await person.page.getByText('Details').click()
  await person.page.getByRole('button', { name: /^Remove/ }).click()
  await person.page.getByRole('status').getByRole('button', { name: 'Close' }).click()
}

async function disk() {
  const response = await fetch(`http://127.0.0.1:${here.relay.port}/healthz`)
  return (await response.json()).disk
}

here.test('a share over the quota says what is used and how to make room, and smaller ones go through', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await anna.share({ title: 'Film', files: file('film.bin', noise(8 * MEGABYTE)) })
  await page.getByText('Only in this browser: no room at your relay').waitFor()
  await page.getByText(/^This needs 8\.\d+ MB, and your relay keeps at most 3 MB for you\./).waitFor()
  await anna.share({ title: 'Byte', files: file('byte.bin', noise(1)) })
  await anna.kept()

  const old = noise(1_500_000)
  await anna.share({ title: 'Old', files: file('old.bin', old) })
  await anna.kept()
  const next = noise(1_600_000)
  await anna.share({ title: 'New', files: file('new.bin', next) })
  await page.getByText(/^Your relay keeps 1\.\d+ MB of at most 3 MB for you, and this needs 1\.\d+ MB more\. Remove a share/).waitFor()
  await anna.go('transfers')
  const row = page.getByRole('article', { name: 'To your relay: New' })
  await row.getByText('Waiting for room at your relay').waitFor()
  await row.getByText(/^Your relay keeps 1\.\d+ MB of at most 3 MB/).waitFor()

  await remove(anna, 'Old')
  await anna.openShare('New')
  await anna.kept()
  await page.getByText(/^Your relay keeps/).waitFor({ state: 'detached' })
  assert.equal(digest((await anna.saveFile('new.bin')).bytes), digest(next))
})

here.test('a relay whose disk is full is said to its person and its operator, and what fits goes through', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  here.relay.config.quota = 100_000_000
  here.relay.config.capacity = 6_000_000
  await here.relay.listen(here.relay.port)
  await here.relay.stop()
  await here.relay.restart()
  await anna.share({ title: 'Film', files: file('film.bin', noise(8 * MEGABYTE)) })
  await page.getByText(/^The relay has no room for it: its disk is full\./).waitFor()
  assert.equal((await disk()).full, true)
  await anna.share({ title: 'Byte', files: file('byte.bin', noise(1)) })
  await anna.kept()
  const lines = here.relay.log.filter(line => line.includes('there is no room'))
  assert.equal(lines.length, 1, 'one line for all tries')

  here.relay.config.capacity = 100_000_000
  await here.relay.listen(here.relay.port)
  await here.relay.stop()
  await here.relay.restart()
  await anna.openShare('Film')
  await anna.kept()
  await until(async () => (await disk()).full, false)
})

here.test('a relay that keeps nothing for strangers says whom to ask, and it goes on by itself once they are admitted', async () => {
  const admit = async admission => {
    here.relay.config.admission = admission
    await here.relay.listen(here.relay.port)
    await here.relay.stop()
    await here.relay.restart()
  }
  await admit('invited')
  const anna = await here.person('Anna')
  const { page } = anna
  await anna.share({ title: 'Note', files: file('note.txt', 'a note') })
  await page.getByText('Only in this browser: sending it failed').waitFor()
  await anna.go('transfers')
  await page.getByText('This relay keeps shares only for people whom its operator invited.').waitFor()
  await admit('open')
  await anna.openShare('Note')
  await anna.kept()
})
