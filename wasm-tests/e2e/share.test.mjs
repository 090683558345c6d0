// 3 and 4. Choosing, sharing, and fetching a share while its author is gone.
import assert from 'node:assert/strict'
import { utimes } from 'node:fs/promises'
import { digest, file, jpeg, noise, PLACE, png, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { world } from './lib/world.mjs'
import { unzip } from './lib/zip.mjs'

const here = world()

here.test('a folder of pictures reaches exactly the chosen friend while its author is gone', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const camera = await jpeg(anna.page, { place: true })
  assert.ok(camera.includes(PLACE))
  const files = {
    'beach/dunes.png': png(400, 300),
    'beach/camera.jpg': camera,
    'beach/notes/list.txt': Buffer.from('sun cream, towels, a good book'),
    'beach/film.bin': noise(3_000_000),
  }
  const disk = await folder('beach')
  await write(disk, files)

  await anna.compose({ title: 'Two days at the sea', note: 'The tent held.', folder: `${disk}/beach`, to: ['Ben'] })
  // A preview for each picture, before anything is sent.
  await anna.page.locator('.tiles img.thumb').nth(1).waitFor()
  await anna.sendOff('Two days at the sea')
  await anna.kept()
  await anna.leave()

  await ben.openShare('Two days at the sea')
  const { page } = ben
  await page.getByText('The tent held.').waitFor()
  await page.getByText('Anna shared this').waitFor()
  await page.locator('.gallery img.thumb').nth(1).waitFor()

  // One picture on the whole screen, as it was made.
  await page.getByRole('link', { name: 'Open beach/dunes.png' }).click()
  const shown = page.locator('dialog.viewer figure[data-state=here] img').last()
  await shown.waitFor()
  assert.deepEqual(await shown.evaluate(img => [img.naturalWidth, img.naturalHeight]), [400, 300])
  await page.keyboard.press('Escape')
  await page.locator('dialog.viewer').waitFor({ state: 'detached' })

  // One file, and everything at once.
  await ben.openFolder('notes')
  assert.deepEqual((await ben.saveFile('beach/notes/list.txt')).bytes, files['beach/notes/list.txt'])
  const zip = unzip((await ben.saveAll()).bytes)
  assert.deepEqual([...zip.keys()].sort(), Object.keys(files).sort())
  for (const [path, bytes] of zip) {
    if (path.endsWith('.jpg')) continue
    assert.equal(digest(bytes), digest(files[path]), path)
  }
  // The place where the picture was taken is not in it.
  const sent = zip.get('beach/camera.jpg')
  assert.equal(sent.indexOf(PLACE), -1)
  assert.deepEqual(sent.subarray(0, 2), Buffer.from([0xff, 0xd8]))
})

here.test('somebody who wants to keeps the place in a picture', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const camera = await jpeg(anna.page, { place: true })
  await anna.compose({ title: 'Where we were', files: [file('camera.jpg', camera, 'image/jpeg')], to: ['Ben'] })
  await anna.options()
  await anna.page.getByLabel('Include location').check()
  await anna.sendOff('Where we were')
  await ben.openShare('Where we were')
  const zip = unzip((await ben.saveAll()).bytes)
  assert.equal(digest(zip.get('camera.jpg')), digest(camera))
})

here.test('without a title, a share is called as its folder, its file, or what there is of which day', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const disk = await folder('untitled')
  const [one, two] = await write(disk, { 'lake/one.png': png(), 'lake/two.png': png(30, 20) })
  for (const at of [one, two]) await utimes(at, new Date(2025, 4, 3), new Date(2025, 4, 3))
  const input = page.locator('input[type=file]:not([webkitdirectory])')
  for (const [choose, title] of [
    [() => page.locator('input[type=file][webkitdirectory]').setInputFiles(`${disk}/lake`), 'lake'],
    [() => input.setInputFiles(one), 'one'],
    [() => input.setInputFiles([one, two]), '2 pictures, May 3'],
  ]) {
    await anna.go('share')
    await choose()
    await page.getByPlaceholder(title, { exact: true }).waitFor()
    await page.getByRole('radio', { name: 'Only me' }).check({ force: true })
    await anna.sendOff(title)
  }
})
