// Looking at what is shared: zoom, slide show, what is known of a picture, orders, folders, texts and sounds.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { axeSource } from './lib/packages.mjs'
import { cameraJpeg, file, jpeg, noise, write } from './lib/files.mjs'
import { layout } from './lib/layout.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const viewer = page => page.locator('dialog.viewer')
const shown = (page, name) => viewer(page).getByRole('img', { name, exact: true })

/** How many times as large as it fits the picture in the viewer is. */
const scale = page => page.evaluate(() => {
  const moving = document.querySelector('dialog.viewer .media:not([data-leaving=true]) .moving')
  return Math.round(100 * new DOMMatrix(getComputedStyle(moving).transform).a) / 100
})

/** Files for one share. A picture has the date that its file has: a picker tells it. */
async function pictures(page) {
  const plain = await jpeg(page, { width: 400, height: 300, place: false })
  const noted = cameraJpeg(plain, { make: 'Maker', model: 'Model 7', taken: '2026:05:15 14:03:00' })
  const large = await jpeg(page, { width: 900, height: 600, place: false })
  return { 'IMG 2.jpg': [noted, new Date(2026, 4, 15)], 'IMG 10.jpg': [large, new Date(2026, 2, 3)], 'IMG 1.jpg': [plain, new Date(2026, 4, 2)] }
}

here.test('a picture is zoomed by wheel, double click, keys and two fingers, and shows by itself, with what is known of it', async () => {
  const anna = await here.person('Anna', { hasTouch: true })
  const { page } = anna
  const files = Object.entries(await pictures(page)).map(([name, [bytes]]) => file(name, bytes, 'image/jpeg'))
  await anna.share({ title: 'Zoom', files })
  await page.clock.install()
  await page.getByRole('link', { name: 'Open IMG 2.jpg' }).click()
  await shown(page, 'IMG 2.jpg').waitFor()
  await page.locator('figure[data-state=here]').waitFor()

  await page.mouse.move(500, 400)
  await page.mouse.wheel(0, -200)
  await until(async () => (await scale(page)) > 1.5, true)
  await page.keyboard.press('0')
  await until(() => scale(page), 1)
  await page.mouse.dblclick(500, 400)
  await until(() => scale(page), 2.5)
  // Arrows move a zoomed picture, and do not leave it.
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('-')
  await until(async () => (await scale(page)) < 2, true)
  await page.keyboard.press('+')
  await until(() => scale(page), 2.5)
  await shown(page, 'IMG 2.jpg').waitFor()
  await page.keyboard.press('0')

  const finger = await page.context().newCDPSession(page)
  const touch = (type, ...points) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) })
  await touch('touchStart', [450, 400])
  await touch('touchStart', [450, 400], [550, 400])
  await touch('touchMove', [400, 400], [600, 400])
  await touch('touchEnd')
  await until(() => scale(page), 2)
  await shown(page, 'IMG 2.jpg').waitFor()
  await page.keyboard.press('0')

  await page.keyboard.press('i')
  const info = viewer(page).getByRole('complementary', { name: 'About this file' })
  for (const words of ['May 15, 2026 at 2:03', 'Maker Model 7', '1/120 s · ISO 64', '400 × 300', 'image/jpeg']) await info.getByText(words).waitFor()
  await page.keyboard.press('i')
  await info.waitFor({ state: 'detached' })

  // The next one is zoomed no more.
  await viewer(page).getByRole('button', { name: 'Zoom in' }).focus()
  await page.keyboard.press('Enter')
  await until(() => scale(page), 2.5)
  await viewer(page).focus()
  await page.keyboard.press('PageDown')
  await shown(page, 'IMG 10.jpg').waitFor()
  assert.equal(await scale(page), 1)
  await page.keyboard.press('Home')
  await shown(page, 'IMG 1.jpg').waitFor()
  await page.keyboard.press('Space')
  await viewer(page).getByRole('button', { name: 'Pause the slide show' }).waitFor()
  await page.locator('figure[data-state=here]').waitFor()
  await page.clock.runFor(5_500)
  await shown(page, 'IMG 2.jpg').waitFor()
  // A finger on the picture pauses it.
  await touch('touchStart', [500, 400])
  await touch('touchEnd')
  await viewer(page).getByRole('button', { name: 'Slide show' }).waitFor()
  await page.clock.runFor(20_000)
  await shown(page, 'IMG 2.jpg').waitFor()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await viewer(page).getByRole('button', { name: 'Slide show' }).click()
  await page.clock.runFor(5_500)
  await shown(page, 'IMG 10.jpg').waitFor()
  assert.equal(await page.locator('dialog.viewer figure').count(), 1, 'nothing fades')
  await page.locator('figure[data-state=here]').waitFor()
  await page.clock.runFor(5_500)
  // It ends with the last one.
  await viewer(page).getByRole('button', { name: 'Slide show' }).waitFor()

  await touch('touchStart', [500, 300])
  await touch('touchMove', [505, 450])
  await touch('touchMove', [505, 500])
  await touch('touchEnd')
  await viewer(page).waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Open IMG 10.jpg')
})

here.test('a share is looked at by date, by size and by folder, its texts and sounds in place, and what is broken can be saved', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const disk = await folder('looking')
  const broken = Buffer.concat([Buffer.from('BM'), noise(500)])
  const pairs = await pictures(page)
  const long = 'A line.\n'.repeat(90_000)
  const all = {
    ...Object.fromEntries(Object.entries(pairs).map(([name, [bytes]]) => [`trip/${name}`, bytes])),
    'trip/broken.bmp': broken, 'trip/sound.wav': wav(), 'trip/read me.md': '# Größe\n<script>document.title = "ran"</script>',
    'trip/long.txt': long, 'trip/old.txt': Buffer.from('Größe', 'latin1'), 'trip/paper.pdf': '%PDF-1.7',
    'trip/day 2/empty.txt': '', 'trip/day 10/deep/b.txt': 'b',
  }
  await write(disk, all)
  const { utimes } = await import('node:fs/promises')
  for (const [name, [, date]] of Object.entries(pairs)) await utimes(path.join(disk, 'trip', name), date, date)
  await utimes(path.join(disk, 'trip/broken.bmp'), new Date(2025, 11, 31), new Date(2025, 11, 31))
  await anna.compose({ title: 'Trip', folder: path.join(disk, 'trip') })
  await anna.sendOff('Trip')

  const tiles = () => page.locator('.gallery a').evaluateAll(list => list.map(({ ariaLabel }) => ariaLabel.replace('Open trip/', '')))
  await until(tiles, ['broken.bmp', 'IMG 1.jpg', 'IMG 2.jpg', 'IMG 10.jpg'])
  const order = page.getByLabel('Order')
  await order.selectOption('Date, newest first')
  await until(tiles, ['IMG 2.jpg', 'IMG 1.jpg', 'IMG 10.jpg', 'broken.bmp'])
  assert.deepEqual(await page.locator('.month h2').allTextContents(), ['May 2026', 'March 2026', 'December 2025'])
  await order.selectOption('Size, largest first')
  await until(tiles, ['IMG 10.jpg', 'IMG 2.jpg', 'IMG 1.jpg', 'broken.bmp'])
  assert.equal(await page.locator('.month').count(), 0)
  await order.selectOption('Date, oldest first')
  await until(tiles, ['broken.bmp', 'IMG 10.jpg', 'IMG 1.jpg', 'IMG 2.jpg'])

  await page.getByRole('link', { name: 'Open trip/broken.bmp' }).click()
  await viewer(page).getByText('This browser cannot show this file.').waitFor()
  const saved = await anna.saved(() => viewer(page).getByRole('button', { name: 'Download', exact: true }).click())
  assert.ok(saved.bytes.equals(broken))
  // Arrows follow the order that was chosen.
  await page.keyboard.press('ArrowRight')
  await shown(page, 'trip/IMG 10.jpg').waitFor()
  await page.goBack()
  await viewer(page).waitFor({ state: 'detached' })
  await anna.heading('Trip')
  await order.selectOption('Name')
  await until(tiles, ['broken.bmp', 'IMG 1.jpg', 'IMG 2.jpg', 'IMG 10.jpg'])

  await page.getByRole('link', { name: 'read me.md', exact: true }).click()
  await viewer(page).getByText('# Größe\n<script>').waitFor()
  assert.doesNotMatch(await page.title(), /ran/)
  const axe = await readFile(axeSource(), 'utf8')
  await page.evaluate(axe)
  const check = async name => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const wrong = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
        const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        return bad.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any.map(({ message }) => message)}`))
      })
      assert.deepEqual(wrong, [], `${name}, ${colorScheme}`)
    }
    await page.setViewportSize({ width: 320, height: 640 })
    const found = await page.evaluate(layout, { size: '100%', target: 44 })
    // The bar of the page at this width is no part of this test.
    assert.deepEqual(found.filter(line => !line.includes('Transfers')), [], name)
    await page.setViewportSize({ width: 1100, height: 900 })
  }
  await check('a text')
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'long.txt', exact: true }).click()
  await viewer(page).getByText('Only the first 524 kB are shown.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'old.txt', exact: true }).click()
  await viewer(page).getByText('This is no text in Unicode.').waitFor()
  await viewer(page).getByRole('button', { name: 'Next file' }).click()
  await viewer(page).getByText('# Größe').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'sound.wav', exact: true }).click()
  await page.locator('figure[data-kind=sound][data-state=here]').waitFor()
  await page.keyboard.press('i')
  await viewer(page).getByText('0:01', { exact: true }).waitFor()
  await check('a sound, with what is known of it')
  await page.keyboard.press('Escape')
  await viewer(page).waitFor({ state: 'detached' })
  // A PDF is saved: no part of the page reads it.
  assert.equal(await page.getByRole('link', { name: 'paper.pdf' }).count(), 0)
  await page.getByRole('button', { name: 'Download trip/paper.pdf' }).waitFor()

  assert.deepEqual(await page.locator('.folders b').allTextContents(), ['day 2', 'day 10'])
  await page.getByRole('link', { name: 'day 10, 1 file' }).click()
  await page.getByRole('link', { name: 'deep, 1 file' }).click()
  await page.getByRole('link', { name: 'b.txt' }).click()
  await viewer(page).getByText('b', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await check('a folder')
  const crumbs = page.getByRole('navigation', { name: 'Folder' })
  assert.deepEqual(await crumbs.locator('li').allTextContents(), ['All files', 'day 10', 'deep'])
  await page.goBack()
  await page.getByRole('link', { name: 'deep, 1 file' }).waitFor()
  await crumbs.getByRole('link', { name: 'All files' }).click()
  await page.locator('.gallery a').nth(3).waitFor()
  await anna.openFolder('day 2')
  await page.getByRole('link', { name: 'empty.txt' }).click()
  await page.locator('figure.reading[data-state=here]').waitFor()
})

here.test('a film has a still, for friends too, and plays in a slide show', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const recorded = await anna.page.evaluate(record)
  const picture = await jpeg(anna.page, { width: 160, height: 120, place: false })
  await anna.share({ title: 'Film', files: [file('a.webm', Buffer.from(recorded), 'video/webm'), file('b.jpg', picture, 'image/jpeg')], to: ['Ben'] })
  await ben.openShare('Film')
  const { page } = ben
  const still = page.getByRole('link', { name: 'Open a.webm' }).locator('img')
  await still.waitFor()
  // The film is red.
  const [red, green] = await still.evaluate(async img => {
    await img.decode()
    const canvas = new OffscreenCanvas(1, 1)
    const context = canvas.getContext('2d')
    context.drawImage(img, 0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data]
  })
  assert.ok(red > 150 && green < 90, `${red}, ${green}`)
  await page.getByRole('link', { name: 'Open a.webm' }).click()
  const video = viewer(page).locator('video')
  await page.locator('figure[data-state=here]').waitFor()
  await viewer(page).getByRole('button', { name: 'Slide show' }).click()
  // It goes on when the film has ended.
  await until(() => video.evaluate(({ currentTime }) => currentTime > 0).catch(() => true), true)
  await shown(page, 'b.jpg').waitFor()
})

/** In the page: half a second of red as a film. */
async function record() {
  const canvas = document.createElement('canvas')
  canvas.width = 160
  canvas.height = 120
  const context = canvas.getContext('2d')
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: 'video/webm;codecs=vp8' })
  const parts = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  recorder.start()
  for (let frame = 0; frame < 20; frame++) {
    context.fillStyle = `rgb(${230 + frame} 20 20)`
    context.fillRect(0, 0, 160, 120)
    await new Promise(requestAnimationFrame)
  }
  const stopped = new Promise(resolve => (recorder.onstop = resolve))
  recorder.stop()
  await stopped
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())]
}

/** A second of silence. */
function wav() {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + 8000, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(8000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(8000, 40)
  return Buffer.concat([head, Buffer.alloc(8000, 128)])
}
