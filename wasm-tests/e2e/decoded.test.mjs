// Pictures that no browser but Safari decodes, and first pages of documents: what the page itself makes a picture of.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { file } from './lib/files.mjs'
import { heic } from './lib/media.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** A committed file of the page's tests of components. */
const fixture = name => readFile(new URL(`../../www/tests/fixtures/${name}`, import.meta.url))

const viewer = page => page.locator('dialog.viewer')

/** How large a picture is, and of which colours in the middle of its quarters: above, then below. */
const seen = picture => picture.evaluate(async image => {
  await image.decode()
  const { naturalWidth: width, naturalHeight: height } = image
  const context = new OffscreenCanvas(width, height).getContext('2d')
  context.drawImage(image, 0, 0)
  const names = { red: [220, 30, 30], green: [30, 160, 60], blue: [30, 60, 200], yellow: [240, 210, 40], white: [255, 255, 255] }
  const colour = (x, y) => {
    const found = context.getImageData(x * width, y * height, 1, 1).data
    const [name] = Object.entries(names).find(([, each]) => each.every((part, i) => Math.abs(part - found[i]) < 24)) ?? []
    return name ?? String([...found])
  }
  return [width, height, colour(0.25, 0.25), colour(0.75, 0.25), colour(0.25, 0.75), colour(0.75, 0.75)]
})

const QUARTERS = ['red', 'green', 'blue', 'yellow']

here.test('HEIC of one is seen by the other, upright and in its colours; what is broken says so and is saved', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const [turned, broken] = [await fixture('turned.heic'), heic([])]
  // As some systems hand it over: without a type.
  const files = [file('IMG_1.HEIC', turned, ''), file('IMG_2.HEIC', broken, 'image/heic')]
  await anna.compose({ title: 'Lake', files, to: ['Ben'] })
  assert.deepEqual(await seen(anna.page.locator('.strip .tile', { has: anna.page.getByRole('button', { name: 'Leave out IMG_1.HEIC' }) }).locator('img')), [120, 80, ...QUARTERS])
  await anna.sendOff('Lake')

  const { page } = ben
  const asked = []
  page.on('request', request => asked.push(request.url()))
  await ben.openShare('Lake')
  const tile = page.getByRole('link', { name: 'Open IMG_1.HEIC' })
  assert.deepEqual(await seen(tile.locator('img')), [120, 80, ...QUARTERS])
  // The tile is a picture that every browser shows: nothing was decoded for it.
  assert.deepEqual(asked.filter(url => url.includes('heif')), [])
  await tile.click()
  await page.locator('figure[data-state=here]').waitFor()
  const shown = viewer(page).getByRole('img', { name: 'IMG_1.HEIC', exact: true })
  assert.deepEqual(await seen(shown), [120, 80, ...QUARTERS])
  await page.keyboard.press('i')
  await viewer(page).getByText('120 × 80').waitFor()
  await page.keyboard.press('i')
  const saved = await ben.saved(() => viewer(page).getByRole('button', { name: 'Download IMG_1.HEIC' }).click())
  assert.ok(saved.bytes.equals(turned), 'what is saved is what was shared')

  await viewer(page).getByRole('button', { name: 'Next picture' }).click()
  await viewer(page).getByText('This browser cannot show this file.').waitFor()
  const other = await ben.saved(() => viewer(page).getByRole('button', { name: 'Download', exact: true }).click())
  assert.ok(other.bytes.equals(broken))
})

here.test('a PDF has its first page as its picture, and is saved as it is; one that is broken or locked goes without', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const [paper, locked] = [await fixture('paper.pdf'), await fixture('locked.pdf')]
  const files = [file('paper.pdf', paper, 'application/pdf'), file('locked.pdf', locked, 'application/pdf'), file('broken.pdf', '%PDF-1.7\nnothing', 'application/pdf')]
  await anna.compose({ title: 'Papers', files, to: ['Ben'] })
  const chosen = name => anna.page.locator('.chosen-rows > li').filter({ has: anna.page.getByRole('button', { name: `Leave out ${name}` }) })
  // A still is no larger than 320 pixels.
  assert.deepEqual(await seen(chosen('paper.pdf').locator('img')), [240, 320, ...QUARTERS])
  await anna.sendOff('Papers')

  const { page } = ben
  await ben.openShare('Papers')
  const row = name => page.locator('.files li').filter({ hasText: name })
  await row('broken.pdf').waitFor()
  assert.deepEqual(await seen(row('paper.pdf').locator('img')), [240, 320, ...QUARTERS])
  for (const name of ['locked.pdf', 'broken.pdf']) assert.equal(await row(name).locator('img').count(), 0, name)
  const saved = await ben.saved(() => row('paper.pdf').getByRole('button', { name: 'Download paper.pdf' }).click())
  assert.ok(saved.bytes.equals(paper))
})

here.test('a decoder comes only when there is something for it, and is kept then', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const kept = () => page.evaluate(async () => {
    const found = []
    for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) found.push(url)
    return found.map(url => /assets\/(libheif|pdf-core\.worker)-/.exec(url)?.[1]).filter(Boolean).sort()
  })
  assert.deepEqual(await kept(), [])
  await anna.share({ title: 'Both', files: [file('a.heic', await fixture('plain.heic'), 'image/heic'), file('b.pdf', await fixture('paper.pdf'), 'application/pdf')] })
  await until(kept, ['libheif', 'libheif', 'pdf-core.worker'])
})
