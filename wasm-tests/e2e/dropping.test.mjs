// Files as people have them, dropped, chosen and pasted wherever people are on the page.
import assert from 'node:assert/strict'
import { mkdir, rename, symlink, truncate, unlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { film, MEGABYTE, png, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'
import { unzip } from './lib/zip.mjs'

const here = world()

here.test('a folder comes with its empty folders and without what systems put into it, and each file is its own', async () => {
  const anna = await here.person('Anna')
  const disk = await folder('trip')
  await write(disk, {
    'trip/a.txt': 'a', 'trip/.env': 'kept', 'trip/.gitignore': 'kept',
    'trip/e\u0301.txt': 'one', 'trip/\u00e9.txt': 'two', 'trip/A.txt': 'A',
    'trip/.DS_Store': 'x', 'trip/._a.txt': 'x'.repeat(4096), 'trip/Thumbs.db': 'x', 'trip/desktop.ini': 'x', 'trip/__MACOSX/x': 'x', 'trip/Icon\r': '',
  })
  await mkdir(path.join(disk, 'trip/empty/inner'), { recursive: true })
  const [first, second] = await write(disk, { '100/IMG_0001.JPG': 'first picture', '101/IMG_0001.JPG': 'other picture' })
  for (const at of [first, second]) await utimes(at, 1_000_000, 1_000_000)

  await anna.drop(path.join(disk, 'trip'))
  await anna.heading('Share')
  await anna.page.getByText('6 files that systems made for themselves are left out.').waitFor()
  assert.equal(await anna.page.getByRole('alert').count(), 0)
  const input = anna.page.locator('input[type=file]:not([webkitdirectory])')
  for (const at of [first, second, first]) await input.setInputFiles(at)
  const names = ['trip/.env', 'trip/.gitignore', 'trip/A.txt', 'trip/a.txt', 'trip/\u00e9.txt', 'trip/\u00e9 (2).txt', 'IMG_0001.JPG', 'IMG_0001 (2).JPG', 'trip/empty/inner']
  await until(async () => (await anna.chosen()).sort(), names.sort())

  // All of it is back after a slip.
  await anna.page.getByLabel('Title').fill('A trip')
  await anna.page.getByRole('button', { name: 'Clear all' }).click()
  await until(() => anna.chosen(), [])
  await anna.page.locator('.notice').getByRole('button', { name: 'Undo' }).click()
  await until(async () => (await anna.chosen()).sort(), names.sort())
  assert.equal(await anna.page.getByLabel('Title').inputValue(), 'A trip')

  await anna.page.getByRole('radio', { name: 'Only me' }).check({ force: true })
  await anna.sendOff('A trip')
  const zip = unzip((await anna.saveAll()).bytes)
  assert.equal(zip.get('trip/empty/inner/').length, 0)
  assert.equal(zip.size, names.length)
  assert.deepEqual((await anna.files('A trip')).sort(), names.filter(name => name !== 'trip/empty/inner').sort())
  const read = name => anna.api(async ({ spinney, name }) => {
    const share = (await spinney.shares.list()).find(({ title }) => title === 'A trip')
    return new Response(spinney.shares.read(share.id, name)).text()
  }, { name })
  assert.deepEqual([await read('IMG_0001.JPG'), await read('IMG_0001 (2).JPG')], ['first picture', 'other picture'])
  assert.deepEqual([await read('trip/\u00e9.txt'), await read('trip/\u00e9 (2).txt')].sort(), ['one', 'two'])

  // Folders alone are something, too.
  await mkdir(path.join(disk, 'nothing/deep'), { recursive: true })
  await anna.drop(path.join(disk, 'nothing'))
  await until(() => anna.chosen(), ['nothing/deep'])
  await anna.page.getByText('Empty folder').waitFor()

  // What the browser cannot read is named, and the rest is there.
  await write(disk, { 'odd/fine.txt': 'fine' })
  await writeFile(Buffer.concat([Buffer.from(`${disk}/odd/`), Buffer.from([0x62, 0xff])]), 'no name in UTF-8')
  await symlink('/nonexistent', path.join(disk, 'dead.txt'))
  await anna.drop(path.join(disk, 'odd'), path.join(disk, 'dead.txt'))
  await until(async () => (await anna.chosen()).sort(), ['nothing/deep', 'odd/fine.txt'])
  const refusals = anna.page.getByRole('alert').getByRole('listitem')
  await until(async () => (await refusals.allTextContents()).map(text => text.split(':')[0]).sort(), [
    'dead.txt cannot be read', 'odd holds something whose name this browser cannot read',
  ])

  // A share keeps 1,024 empty folders, and there is one already.
  for (let n = 0; n < 1024; n++) await mkdir(path.join(disk, 'many', `${n}`), { recursive: true })
  await anna.drop(path.join(disk, 'many'))
  await refusals.filter({ hasText: 'is one empty folder too many' }).waitFor()
})

here.test('files that cannot be read any more are all named, left out with one press, and leave nothing behind', async () => {
  const anna = await here.person('Anna')
  const disk = await folder('twelve')
  const paths = await write(disk, Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`twelve/${n}.txt`, `number ${n}`])))
  await anna.compose({ title: 'Twelve', folder: path.join(disk, 'twelve') })
  await unlink(paths[7])
  await rename(paths[3], `${paths[3]}.moved`)
  for (let press = 0; press < 3; press++) {
    await anna.send.click()
    await anna.page.getByRole('alert').getByText('2 files cannot be read: twelve/3.txt and twelve/7.txt.').waitFor()
  }
  assert.deepEqual(await anna.api(({ spinney }) => spinney.shares.drafts()), [])
  await anna.page.getByRole('button', { name: 'Leave them out' }).click()
  await anna.page.waitForURL(/#\/v\//)
  assert.equal((await anna.files('Twelve')).length, 10)
  await anna.go('')
  await anna.card('Twelve').waitFor()
  assert.equal(await anna.page.getByText('Unfinished').count(), 0)
})

here.test('a file that is cut short while it is encrypted is named', async () => {
  const anna = await here.person('Anna')
  const { path: large } = await film(await folder('changing'), 'large.bin', 32 * MEGABYTE)
  await anna.compose({ title: 'Changing', files: large })
  const hold = await anna.holdWrites(4 * MEGABYTE)
  await anna.send.click()
  await hold.reached()
  await truncate(large, MEGABYTE)
  await hold.release()
  await anna.page.getByRole('alert').getByText('large.bin cannot be read. It was changed').waitFor()
})

here.test('where the browser does not let the page read what was copied, it says so, and it works once it is allowed', async () => {
  const anna = await here.person('Anna', { hasTouch: true, permissions: ['clipboard-write'] })
  const { page } = anna
  await page.evaluate(() => navigator.clipboard.writeText('A line for Ben'))
  await anna.go('share')
  const paste = page.getByRole('button', { name: 'Paste' })
  await paste.click()
  await page.getByText('The browser did not allow that. Try again and allow it.').waitFor()
  await page.context().grantPermissions(['clipboard-read'])
  await paste.click()
  await until(() => anna.chosen(), ['text.txt'])
})

here.test('a file that is dropped while a share is encrypted waits for the next one', async () => {
  const anna = await here.person('Anna')
  const disk = await folder('next')
  const large = await film(disk, 'large.bin', 16 * MEGABYTE)
  const [next] = await write(disk, { 'next.txt': 'next' })
  await anna.compose({ title: 'First', files: large.path })
  const hold = await anna.holdWrites(4 * MEGABYTE)
  await anna.send.click()
  await hold.reached()
  // The browser asks before the page is left now.
  assert.ok(await asksToLeave(anna.page))
  await anna.drop(next)
  await anna.page.getByText('1 file waits for your next share.', { exact: true }).waitFor()
  await hold.release()
  await until(() => anna.chosen(), ['next.txt'])
  assert.equal(await asksToLeave(anna.page), false)
  assert.equal(await anna.page.getByLabel('Title').inputValue(), '')
  assert.deepEqual(await anna.files('First'), ['large.bin'])
})

here.test('files that are dropped before a profile is open stay on the page and are in a share afterwards', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.visitor('Ben')]
  const disk = await folder('locked')
  const [text, picture] = await write(disk, { 'note.txt': 'note', 'picture.png': png() })
  await anna.share({ title: 'By link', files: text, way: 'Anyone with a link' })
  const link = await anna.link('By link')
  await anna.kept()
  await anna.lock()
  await anna.drop(text)
  await anna.drop(picture)
  await anna.page.getByText('2 files wait here. Open your profile').first().waitFor()
  assert.ok(anna.page.url().startsWith(here.url))
  await anna.unlock()
  await anna.heading('Share')
  await until(async () => (await anna.chosen()).sort(), ['note.txt', 'picture.png'])

  // On the page of a link.
  await ben.openLink(link)
  await ben.heading('By link')
  await ben.drop(text)
  await ben.page.getByText('1 file waits here. Open your profile, or make one').first().waitFor()
  assert.ok(ben.page.url().startsWith(here.url))
  await ben.page.getByRole('link', { name: 'Make a profile' }).first().click()
  await ben.makeProfile('Share')
  await until(() => ben.chosen(), ['note.txt'])
})

here.test('what is pasted outside of a text field is in a new share', async () => {
  const anna = await here.person('Anna')
  await anna.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(20, 20)
    canvas.getContext('2d').fillRect(0, 0, 20, 20)
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': await canvas.convertToBlob() })])
  })
  await anna.page.locator('h1').click()
  await anna.page.keyboard.press('Control+V')
  await anna.heading('Share')
  await until(() => anna.chosen(), ['image.png'])
  await anna.page.evaluate(() => navigator.clipboard.writeText('A line for Ben'))
  await anna.page.locator('h1').click()
  await anna.page.keyboard.press('Control+V')
  await until(async () => (await anna.chosen()).sort(), ['image.png', 'text.txt'])
  // Text in a field is text.
  await anna.page.getByLabel('Title').click()
  await anna.page.keyboard.press('Control+V')
  assert.equal(await anna.page.getByLabel('Title').inputValue(), 'A line for Ben')
  assert.equal((await anna.chosen()).length, 2)
})

/** Whether the page would have the browser ask before it is left. */
const asksToLeave = page => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })))
