// Looking through pictures by finger and by keyboard.
import assert from 'node:assert/strict'
import { file, jpeg } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** A person who shared three pictures with themselves, and the names of the pictures. */
async function withPictures(options) {
  const anna = await here.person('Anna', options)
  const names = ['a.jpg', 'b.jpg', 'c.jpg']
  const files = []
  for (const name of names) files.push(file(name, await jpeg(anna.page, { width: 160, height: 120, place: false }), 'image/jpeg'))
  await anna.share({ title: 'Three', files })
  return { anna, names }
}

/** Resolves when this picture is in the viewer, which has the keyboard focus then. */
const shown = (page, name) => page.locator('dialog.viewer').getByRole('img', { name, exact: true }).waitFor()

here.test('a finger swipes through pictures, and not when it slips or goes up', async () => {
  const { anna } = await withPictures({ hasTouch: true })
  const { page } = anna
  await page.getByRole('link', { name: 'Open b.jpg' }).tap()
  const picture = name => shown(page, name)
  await picture('b.jpg')
  const finger = await page.context().newCDPSession(page)
  const swipe = async (by, down = 0) => {
    const at = (x, y) => [{ x: 500 + x, y: 400 + y }]
    await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0, 0) })
    for (const part of [0.5, 1]) await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(by * part, down * part) })
    await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }
  await swipe(-200)
  await picture('c.jpg')
  await swipe(200)
  await picture('b.jpg')
  await swipe(-20)
  await swipe(-60, -200)
  await swipe(200, 10)
  await picture('a.jpg')
})

here.test('Escape closes a picture that an address led to, where nothing was touched before', async () => {
  const { anna } = await withPictures()
  const share = await anna.api(async ({ spinney }) => (await spinney.shares.list())[0].id)
  // No address of ours is like this any more, but one that was noted down still leads there.
  const page = await anna.browser.tab(`${here.url}#/shares/${share}/b.jpg`)
  // Playwright's own queries count as a touch.
  const debug = await page.context().newCDPSession(page)
  const ask = async expression => (await debug.send('Runtime.evaluate', { expression })).result.value
  await until(() => ask("document.querySelector('dialog.viewer[open] figure[data-state=here]') !== null"), true)
  assert.equal(await ask('navigator.userActivation.hasBeenActive'), false)
  await page.keyboard.press('Escape')
  await until(() => ask("document.querySelector('dialog.viewer') === null"), true)
  assert.match(page.url(), /#\/v\/\d+$/)
  // The arrows go on from there.
  await page.getByRole('link', { name: 'Open b.jpg' }).press('Enter')
  await shown(page, 'b.jpg')
  await page.keyboard.press('ArrowRight')
  await shown(page, 'c.jpg')
})
