// 6. Both here at once, and several tabs of one person.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Most milliseconds from a share's acknowledgement until the other side shows it. */
const AT_ONCE = 2_000

here.test('a new share appears at the other side within two seconds, without a reload', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await ben.go('')
  for (const title of ['The first', 'The second', 'The third']) {
    await anna.share({ title, files: [file('a.txt', title)], to: ['Ben'] })
    await anna.kept()
    await ben.card(title).waitFor({ timeout: AT_ONCE })
  }
})

here.test('two tabs of one person work on one engine', async () => {
  const anna = await here.person('Anna')
  const first = anna.page
  const second = await anna.browser.tab(here.url)
  await anna.heading('Home', second)
  anna.page = second
  assert.deepEqual(await leads(first, second), [true, false])
  await anna.share({ title: 'Made in the second tab', files: [file('a.txt', 'a')] })
  anna.page = first
  await anna.openShare('Made in the second tab')
  // Locking in one locks the other.
  await anna.lock()
  await second.getByLabel('Passphrase for Anna').waitFor()
})

/** Whether each tab runs the engine. */
const leads = (...pages) => Promise.all(pages.map(page => page.evaluate(async () => {
  const { open } = await import(new URL('spinney.js', document.baseURI).href)
  const spinney = await open()
  const { leader } = spinney.engine
  await spinney.close()
  return leader
})))
