// The installed app: what other programs hand to it, and what the system shows of it.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Shares files from another program to the app, as the system does: by a form. */
async function hand(person, ...files) {
  const tab = await person.browser.context.newPage()
  await tab.setContent(`<form action="${here.url}share-target" method="post" enctype="multipart/form-data"><input type="file" name="files" multiple><button>Share</button></form>`)
  await tab.locator('input').setInputFiles(files)
  await tab.getByRole('button', { name: 'Share' }).click()
  await tab.waitForURL(`${here.url}#/share`)
  person.page = tab
}

here.test('files that another program hands to the app are in the share in the making, also after an unlock', async () => {
  const anna = await here.person('Anna')
  await anna.page.evaluate(() => navigator.serviceWorker.ready)
  await hand(anna, file('one.txt', 'one'), file('two.txt', 'two'))
  await anna.heading('Share')
  await until(async () => (await anna.chosen()).sort(), ['one.txt', 'two.txt'])
  await anna.page.getByRole('button', { name: 'Clear all' }).click()
  await anna.page.locator('.notice').getByRole('button', { name: 'Close' }).click()

  await anna.lock()
  await hand(anna, file('three.txt', 'three'))
  await anna.page.getByText('1 file waits here.').waitFor()
  await anna.unlock()
  await until(() => anna.chosen(), ['three.txt'])
  // Once: it is not there again after a reload.
  await anna.page.reload()
  await anna.heading('Share')
  assert.deepEqual(await anna.chosen(), [])
})

here.test('the system finds every icon of the app in its size', async () => {
  const { page } = await here.visitor('Anna')
  const icons = await page.evaluate(async () => {
    const link = document.querySelector('link[rel=manifest]').href
    const { icons } = await (await fetch(link)).json()
    const size = async src => {
      const { width, height } = await createImageBitmap(await (await fetch(new URL(src, link))).blob())
      return `${width}x${height}`
    }
    return Promise.all(icons.filter(({ type }) => type === 'image/png').map(async ({ src, sizes }) => ({ sizes, is: await size(src) })))
  })
  assert.deepEqual(icons.map(({ is }) => is), icons.map(({ sizes }) => sizes))
  assert.deepEqual(icons.map(({ sizes }) => sizes).sort(), ['192x192', '512x512', '512x512'])
})
