// The relay is away: the page says since when, and what needs it says so and works afterwards.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('while the relay is away the page says since when, and neither a link nor a recovery ends without a word', async () => {
  const anna = await here.person('Anna')
  await anna.connected()
  await anna.share({ title: 'By link', files: [file('a.txt', 'a')], way: 'Anyone with a link' })
  await anna.kept()
  const link = await anna.link('By link')
  const guest = await here.visitor('Guest')
  const { page } = guest

  await here.relay.kill()
  const status = anna.page.locator('.connection').getByText(/^Relay not reachable since /)
  const away = new Date()
  await page.getByRole('button', { name: 'I have recovery words' }).click()
  await page.getByLabel('24 recovery words').fill(anna.words.join(' '))
  await page.getByLabel('New passphrase for this browser').fill(guest.passphrase)
  await page.getByRole('button', { name: 'Recover my profile' }).click()
  await page.getByText('It cannot be reached now. Try again later.').waitFor()
  await guest.finds(link, 'We cannot reach anybody who has this now.')
  await status.waitFor()
  const since = (await status.textContent()).match(/since (.*)$/)[1]
  const times = await anna.page.evaluate(ms => [0, 60_000].map(later => new Date(ms + later).toLocaleTimeString('en', { timeStyle: 'short' })), away.getTime())
  assert.ok(times.includes(since), `${since} is none of ${times}`)

  await here.relay.restart()
  await anna.connected()
  await page.getByRole('button', { name: 'Try again' }).click()
  await guest.heading('By link')
})
