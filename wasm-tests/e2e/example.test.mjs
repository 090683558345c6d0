// The page of www/examples, which teaches the API, does what it says.
import assert from 'node:assert/strict'
import path from 'node:path'
import { file } from './lib/files.mjs'
import { root } from './lib/place.mjs'
import { world } from './lib/world.mjs'

const here = world({ host: { beside: { examples: path.join(root, 'www/examples') } } })

here.test('the example shares a file by link, and a guest opens the link on the page', async () => {
  const anna = await here.visitor('Anna')
  const { page } = anna
  await page.goto(`${here.url}examples/share/`)
  await page.getByLabel('Your name').fill('Anna')
  await page.getByLabel('A new passphrase').fill(anna.passphrase)
  await page.getByLabel('File').setInputFiles(file('plan.txt', 'the plan', 'text/plain'))
  await page.getByRole('button', { name: 'Share' }).click()
  const link = await page.getByRole('status').getByRole('link').textContent()
  assert.ok(link.startsWith(`${here.url}#/link/`), link)
  // The relay has everything: nobody needs Anna's tab.
  await anna.leave()

  const guest = await here.visitor('Guest')
  await guest.openLink(link)
  await guest.heading('plan.txt')
  await guest.page.getByText('Anna shared this').waitFor()
  assert.equal((await guest.saveFile('plan.txt')).bytes.toString(), 'the plan')
})
