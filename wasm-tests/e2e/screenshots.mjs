// `cargo xtask screenshots`: a picture of every screen, on a phone and on a desk, light and dark, in target/screenshots.
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { root } from './lib/place.mjs'
import { DESK, everyScreen, PHONE } from './lib/screens.mjs'
import { world } from './lib/world.mjs'

/** All screens, four times each, on two busy cores. */
const LONGEST = 20 * 60_000

const here = world()
const folder = path.join(root, 'target/screenshots')

here.test('every screen has its picture', async () => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  let number = 0
  await everyScreen(here, async (name, page) => {
    number += 1
    for (const [where, viewport] of Object.entries({ phone: PHONE, desk: DESK })) {
      await page.setViewportSize(viewport)
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const file = `${String(number).padStart(2, '0')} ${name.replaceAll(/[^\w ]/g, '')}, ${where}, ${colorScheme}.png`
        await page.screenshot({ path: path.join(folder, file), fullPage: true, animations: 'disabled' })
      }
    }
    await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  })
  console.log(`${number} screens are in ${folder}`)
}, { timeout: LONGEST })
