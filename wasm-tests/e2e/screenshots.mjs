// `cargo xtask screenshots`: a picture of every screen, on a phone and on a desk, light and dark, in target/screenshots;
// and those of the README, in target/screenshots/readme. With `--language ar`: every screen in Arabic, in
// target/screenshots/ar.
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { landscape } from './lib/landscapes.mjs'
import { LANGUAGES, speak } from './lib/languages.mjs'
import { root } from './lib/place.mjs'
import { DESK, everyScreen, PHONE } from './lib/screens.mjs'
import { world } from './lib/world.mjs'

/** All screens, four times each, on two busy cores. */
const LONGEST = 20 * 60_000

const here = world()
const { language } = parseArgs({ options: { language: { type: 'string', default: 'en' } } }).values
if (!LANGUAGES.includes(language)) throw new Error(`the page speaks ${LANGUAGES}, and not ${language}`)
const folder = path.join(root, 'target/screenshots', language === 'en' ? '' : language)

here.test('every screen has its picture', async () => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  let number = 0
  await everyScreen(here, async (name, page) => {
    number += 1
    await speak(page, language)
    for (const [where, viewport] of Object.entries({ phone: PHONE, desk: DESK })) {
      await page.setViewportSize(viewport)
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const file = `${String(number).padStart(2, '0')} ${name.replaceAll(/[^\w ]/g, '')}, ${where}, ${colorScheme}.png`
        await page.screenshot({ path: path.join(folder, file), fullPage: true, animations: 'disabled' })
      }
    }
    await page.emulateMedia({ colorScheme: null, reducedMotion: null })
    await speak(page, 'en')
  })
  console.log(`${number} screens are in ${folder}`)
}, { timeout: LONGEST })

if (language === 'en') here.test('the README has six pictures', async () => {
  const shown = path.join(folder, 'readme')
  await mkdir(shown, { recursive: true })
  const take = async (page, name, viewport, colorScheme) => {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const notice = page.locator('.notice').getByRole('button', { name: 'Close' })
    if (await notice.count()) await notice.click()
    await page.evaluate(() => scrollTo(0, 0))
    await page.screenshot({ path: path.join(shown, `${name}.png`), animations: 'disabled' })
    await page.setViewportSize(DESK)
  }
  const views = async (page, from, names) => Promise.all(names.map((name, i) => landscape(page, from + i, name)))
  const numbered = (stem, count) => Array.from({ length: count }, (_, i) => `${stem} ${i + 1}.jpg`)

  const [anna, ben, carl] = await here.friends('Anna Lindqvist', 'Ben Okafor', 'Carla Reyes')
  // Nothing reminds them of words any more.
  for (const person of [anna, ben, carl]) await person.api(({ spinney }) => spinney.profiles.confirmWords().then(() => null))
  await anna.share({ title: 'Two days at the sea', note: 'The light on Sunday!', files: await views(anna.page, 1, numbered('sea', 5)), to: [ben.name] })
  await anna.kept()
  await carl.share({ title: 'Climbing', files: await views(carl.page, 9, numbered('rock', 3)), to: [ben.name] })
  await carl.kept()
  await ben.share({ title: 'Autumn in the hills', files: await views(ben.page, 14, numbered('hill', 8)), to: [anna.name, carl.name] })
  await ben.kept()
  await anna.openShare('Autumn in the hills')
  await anna.page.getByRole('button', { name: 'Give a heart' }).click()
  await carl.openShare('Autumn in the hills')
  await carl.page.getByLabel('Write an answer').fill('The fourth one goes on my wall.')
  await carl.page.getByRole('button', { name: 'Send', exact: true }).click()

  await ben.openShare('Autumn in the hills')
  await ben.page.getByText('The fourth one goes on my wall.').waitFor()
  await take(ben.page, 'share', DESK, 'dark')
  await ben.go('')
  await ben.card('Two days at the sea').locator('img.thumb').first().waitFor()
  await ben.card('Climbing').locator('img.thumb').first().waitFor()
  await take(ben.page, 'home', DESK, 'light')
  await take(ben.page, 'home on a phone', PHONE, 'dark')
  await ben.myCode()
  await ben.page.getByLabel('Invite link for one friend').waitFor()
  await take(ben.page, 'my code', PHONE, 'light')
  await ben.page.keyboard.press('Escape')
  await ben.compose({ title: 'Evenings', files: await views(ben.page, 24, numbered('evening', 6)), to: [anna.name] })
  await ben.page.locator('.strip img').nth(3).waitFor()
  await take(ben.page, 'composer', PHONE, 'light')
  await ben.page.getByRole('button', { name: 'Clear all' }).click()
  await ben.share({ title: 'The valley', note: 'For everybody who walked with us.', files: await views(ben.page, 30, numbered('valley', 5)), way: 'Anyone with a link' })
  const link = await ben.link('The valley')
  await ben.kept()
  const guest = await here.visitor('Guest')
  await guest.openLink(link)
  await guest.page.locator('img.thumb').nth(2).waitFor()
  await take(guest.page, 'behind a link', PHONE, 'light')
  console.log(`six pictures are in ${shown}`)
}, { timeout: LONGEST })
