// What a person is told of while they look at something else.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { show } from './lib/visibility.mjs'
import { world } from './lib/world.mjs'

const here = world()

const title = ({ page }) => page.evaluate(() => document.title)
const shown = ({ page }) => page.evaluate(async () => {
  const registration = await navigator.serviceWorker.ready
  return (await registration.getNotifications()).map(({ title, body }) => `${title}: ${body}`)
})

here.test('a new share is told of on every view, in the title, and by the device while nobody looks', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const { page } = ben
  await ben.go('settings')
  await page.getByText('This browser blocks notifications of this page.').waitFor()
  const box = page.getByLabel('Tell me when there is something new')
  await box.click()
  await until(() => box.isChecked(), false)
  await page.context().grantPermissions(['notifications'])
  await page.reload()
  await ben.unlock()
  await ben.go('settings')
  await box.check()
  assert.equal(await title(ben), 'Settings · Spinney')

  await anna.share({ title: 'Lake', files: [file('a.txt', 'of the lake')], to: ['Ben'] })
  await page.getByText('Anna shared something with you.').waitFor()
  await until(() => title(ben), '(1) Settings · Spinney')
  assert.deepEqual(await shown(ben), [], 'no notification while somebody looks')
  await page.getByRole('link', { name: 'Look' }).click()
  await ben.heading('Lake')
  await until(async () => (await title(ben)).startsWith('('), false)

  await show(page, 'hidden')
  await anna.go('')
  await anna.share({ title: 'Forest', files: [file('b.txt', 'of the forest')], to: ['Ben'] })
  await until(() => shown(ben), ['Spinney: There is something new from a friend.'])

  await show(page, 'visible')
  await ben.go('settings')
  await box.uncheck()
  await page.reload()
  await ben.unlock()
  await ben.go('settings')
  assert.equal(await box.isChecked(), false)
})
