// Notices are in nobody's way.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()

const DESK = { width: 1280, height: 800 }
const TABLET = { width: 800, height: 700 }
const PHONE = { width: 390, height: 844 }

here.test('a notice covers no control of a desk, and on a phone makes way where it is touched', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const notice = page.locator('.notice')
  const covered = () => page.evaluate(() => {
    const box = document.querySelector('.notice').getBoundingClientRect()
    return [...document.querySelectorAll('button, a, summary, input, textarea')].filter(element => {
      const { left, right, top, bottom, width } = element.getBoundingClientRect()
      if (element.closest('.notice') || width < 2 || !element.checkVisibility()) return false
      return left < box.right && right > box.left && top < box.bottom && bottom > box.top
    }).map(element => element.ariaLabel || element.textContent || element.name)
  })
  for (const viewport of [DESK, TABLET]) {
    await anna.share({ title: 'A rather long title of something that was shared', files: Array.from({ length: 30 }, (_, i) => file(`${i}.txt`, 'text')) })
    await page.setViewportSize(viewport)
    await page.locator('main summary').last().click()
    await notice.waitFor()
    // It stays while the person is about to use it.
    await notice.getByRole('button', { name: 'Close' }).focus()
    for (const view of [undefined, '', 'people', 'share', 'settings']) {
      if (view !== undefined) await anna.go(view)
      for (const end of [0, 1e6]) {
        await page.evaluate(end => scrollTo(0, end), end)
        assert.deepEqual(await covered(), [], `${view} at ${viewport.width}`)
      }
      await notice.getByRole('button', { name: 'Close' }).focus()
    }
    await notice.getByRole('button', { name: 'Close' }).click()
    await page.setViewportSize(DESK)
  }

  await anna.share({ title: 'From a phone', files: [file('a.txt', 'text')] })
  await page.setViewportSize(PHONE)
  await notice.getByRole('button', { name: 'Close' }).focus()
  await anna.go('settings')
  await anna.heading('Settings')
  await page.evaluate(() => scrollTo(0, 1e6))
  assert.deepEqual(await covered(), [])
  await page.evaluate(() => scrollTo(0, 200))
  await notice.locator('p').click()
  await notice.waitFor({ state: 'detached' })
})
