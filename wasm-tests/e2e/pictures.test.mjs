// Pictures and films: what leaves with them, in which order they are shown, and what is said of those that cannot be.
import assert from 'node:assert/strict'
import { file, jpeg, noise, PLACE, png } from './lib/files.mjs'
import { box, film } from './lib/media.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const AT = '+48.858+002.294/'
const place = box('udta', box('\xa9xyz', [0, 16, 0x15, 0xc7], AT))

/** The bytes of each file of the newest share, by its path. */
const bytesOf = async person => {
  const all = await person.api(async ({ spinney }) => {
    const [{ id }] = await spinney.shares.list()
    const files = await spinney.shares.files(id)
    const read = async path => new Uint8Array(await new Response(spinney.shares.read(id, path)).arrayBuffer())
    return Promise.all(files.map(async ({ path, type }) => [path, type, Array.from(await read(path))]))
  })
  return Object.fromEntries(all.map(([path, type, bytes]) => [path, { type, bytes: Buffer.from(bytes) }]))
}

here.test('places are gone from what is shared, and what may still tell one is named first', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const picture = await jpeg(anna.page, { width: 80, height: 60 })
  const afterExif = 4 + picture.readUInt16BE(4)
  const padded = Buffer.concat([picture.subarray(0, afterExif), Buffer.alloc(7), picture.subarray(afterExif)])
  const raw = Buffer.from(`FUJIFILMCCD-RAW ${AT}`)
  const files = [
    file('IMG_4711.HEIC', padded, 'image/heic'),
    file('film.mov', film('mov', [place]), 'video/quicktime'),
    file('DSCF1.RAF', raw, 'image/x-fuji-raf'),
  ]
  await anna.compose({ title: 'Alps', files })
  await anna.send.click()
  const question = page.getByRole('alert').filter({ hasText: 'This file may still say where it was taken' })
  await question.getByText('DSCF1.RAF', { exact: true }).waitFor()
  assert.equal(await anna.api(async ({ spinney }) => (await spinney.shares.list()).length), 0)
  await question.getByRole('button', { name: 'Leave out, and share the rest' }).click()
  await anna.heading('Alps')
  await page.getByRole('link', { name: 'Open IMG_4711.HEIC' }).waitFor()
  const shared = await bytesOf(anna)
  assert.deepEqual(Object.keys(shared), ['IMG_4711.HEIC', 'film.mov'])
  assert.equal(shared['IMG_4711.HEIC'].type, 'image/jpeg')
  assert.ok(padded.includes(PLACE))
  assert.ok(!shared['IMG_4711.HEIC'].bytes.includes(PLACE))
  assert.ok(!shared['film.mov'].bytes.includes(AT))

  // A person may share it all the same, also when adding to a share.
  await page.getByRole('button', { name: 'Add files' }).click()
  await page.locator('main input[type=file]:not([webkitdirectory])').setInputFiles([file('DSCF2.RAF', raw)])
  await question.getByText('DSCF2.RAF', { exact: true }).waitFor()
  await question.getByRole('button', { name: 'Share all the same' }).click()
  await page.getByText('is added to').waitFor()
  assert.deepEqual((await bytesOf(anna))['DSCF2.RAF'].bytes, raw)
})

here.test('files are in one order everywhere, pictures first, and what a browser cannot show can be saved', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const numbers = [1, 2, 10, 11]
  const texts = Array.from({ length: 210 }, (_, i) => file(`a ${i + 1}.txt`, 'text', 'text/plain'))
  const code = "export const films = ['a film']\n".repeat(40)
  const unknown = noise(3_000).fill(1, 0, 1)
  const files = [
    ...texts, file('main.ts', code, 'video/mp2t'), file('broken.png', 'no picture', 'image/png'), file('unknown.mkv', unknown, 'video/x-matroska'),
    ...numbers.toReversed().map(n => file(`IMG ${n}.png`, png(20, 20), 'image/png')),
  ]
  await anna.compose({ title: 'Mixed', files })
  const pictures = [...numbers.map(n => `IMG ${n}.png`), 'unknown.mkv']
  await until(async () => (await anna.chosen()).slice(0, 5), pictures)
  await anna.sendOff('Mixed')

  const gallery = page.locator('.gallery a')
  await gallery.first().waitFor()
  assert.deepEqual(await gallery.evaluateAll(list => list.map(link => link.ariaLabel)), pictures.map(name => `Open ${name}`))
  const rows = page.locator('.files li .break-anywhere')
  assert.deepEqual((await rows.allTextContents()).slice(0, 12), Array.from({ length: 12 }, (_, i) => `a ${i + 1}.txt`))
  await rows.last().scrollIntoViewIfNeeded()
  for (const name of ['main.ts', 'broken.png']) await page.getByRole('button', { name: `Download ${name}` }).waitFor()

  await page.getByRole('link', { name: 'Open IMG 2.png' }).click()
  const viewer = page.locator('dialog.viewer')
  for (const name of ['IMG 2.png', 'IMG 10.png', 'IMG 11.png', 'unknown.mkv']) {
    await viewer.getByText(`${name} · ${pictures.indexOf(name) + 1} of 5`).waitFor()
    await page.keyboard.press('ArrowRight')
  }
  await viewer.getByText('This browser cannot show this file.').waitFor()
  const saved = await anna.saved(() => viewer.getByRole('button', { name: 'Download', exact: true }).click())
  assert.equal(saved.name, 'unknown.mkv')
  assert.ok(saved.bytes.equals(unknown))
  await page.keyboard.press('Escape')
  await viewer.waitFor({ state: 'detached' })

  await anna.go('')
  const card = anna.card('Mixed')
  await card.getByText(`${pictures.length} photos and films, 212 files`).waitFor()
  assert.equal(await card.locator('.mosaic > span').count(), pictures.length)

  // A search finds it as people type it.
  await anna.share({ title: 'Übergrößen in Łódź', files: [file('one.png', png(20, 20), 'image/png'), file('one.txt', 'text', 'text/plain')] })
  await anna.go('')
  await anna.card('Übergrößen in Łódź').getByText('1 photo, 1 file').waitFor()
  assert.equal(await anna.card('Übergrößen in Łódź').locator('[data-more]').count(), 0)
  for (const query of ['ubergrossen', 'lodz', 'U\u0308ber']) {
    await page.getByRole('searchbox').fill(query)
    await anna.card('Mixed').waitFor({ state: 'detached' })
    await anna.card('Übergrößen in Łódź').waitFor()
    await page.getByRole('searchbox').fill('')
    await anna.card('Mixed').waitFor()
  }

  // So are files by their names: from Home, and among the many of one share.
  await page.getByRole('searchbox').fill('UNKNOWN.mk')
  await anna.card('Mixed').getByText('Has “unknown.mkv”').waitFor()
  await anna.card('Übergrößen in Łódź').waitFor({ state: 'detached' })
  await anna.openShare('Mixed')
  const inShare = page.getByRole('searchbox', { name: 'Search these files' })
  await inShare.fill('a 17')
  await page.getByRole('button', { name: 'Download a 17.txt' }).waitFor()
  await page.getByRole('button', { name: 'Download a 1.txt' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Open IMG 2.png' }).waitFor({ state: 'detached' })
  await inShare.fill('no such')
  await page.getByText('No file is named like “no such”.').waitFor()
  await inShare.fill('')
  await page.getByRole('link', { name: 'Open IMG 2.png' }).waitFor()
})

here.test('a film that has only sound is played, and the page says so', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const sound = await page.evaluate(async () => {
    const context = new AudioContext()
    const tone = new OscillatorNode(context)
    const to = new MediaStreamAudioDestinationNode(context)
    tone.connect(to)
    tone.start()
    const recorder = new MediaRecorder(to.stream, { mimeType: 'audio/mp4;codecs=opus' })
    const parts = []
    recorder.ondataavailable = ({ data }) => parts.push(data)
    const first = new Promise(resolve => recorder.addEventListener('dataavailable', resolve, { once: true }))
    recorder.start(200)
    await first
    const stopped = new Promise(resolve => (recorder.onstop = resolve))
    recorder.stop()
    await stopped
    await context.close()
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())]
  })
  await anna.share({ title: 'Sound', files: [file('song.mp4', Buffer.from(sound), 'video/mp4')] })
  await page.getByRole('link', { name: 'Open song.mp4' }).click()
  await page.getByText('Only sound plays here. If the file has pictures too').waitFor()
  const film = page.locator('dialog.viewer video')
  assert.ok(await film.isVisible())
  await film.evaluate(video => video.play())
  await until(() => film.evaluate(video => video.currentTime > 0), true)
})
