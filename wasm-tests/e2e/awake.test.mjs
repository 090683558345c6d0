// A dark screen stops a phone's page. So the screen stays on while something moves, and no longer.
import { film, MEGABYTE } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { show } from './lib/visibility.mjs'
import { world } from './lib/world.mjs'

const here = world({ line: true })

here.test('the screen stays on while something moves and the page is seen, and not after', async () => {
  const anna = await here.visitor('Anna', { permissions: ['screen-wake-lock'] })
  const { page } = anna
  await page.addInitScript(countScreenLocks)
  await page.reload()
  await anna.makeProfile()
  await anna.connected()
  await screenLocks(page, 0)

  const whole = await film(await folder('film'), 'film.bin', 4 * MEGABYTE)
  here.line.hold('up', MEGABYTE)
  await anna.share({ title: 'The film', files: whole.path })
  await here.line.held()
  await screenLocks(page, 1)
  await show(page, 'hidden')
  await screenLocks(page, 0)
  await show(page, 'visible')
  await screenLocks(page, 1)

  here.line.release()
  await anna.kept()
  await screenLocks(page, 0)
})

/** In the page: counts the screen locks that the page holds. */
function countScreenLocks() {
  window.screenLocks = 0
  const request = navigator.wakeLock.request.bind(navigator.wakeLock)
  navigator.wakeLock.request = async type => {
    const lock = await request(type)
    window.screenLocks += 1
    lock.addEventListener('release', () => { window.screenLocks -= 1 })
    return lock
  }
}

/** Waits until a page holds so many screen locks. */
const screenLocks = (page, count) => page.waitForFunction(count => window.screenLocks === count, count)
