// 21. Changing a share after it was made: several files at once, its words, cover and order, and its link.
import assert from 'node:assert/strict'
import path from 'node:path'
import { png, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'
import { unzip } from './lib/zip.mjs'

const here = world()

const PHONE = { width: 390, height: 844 }

/** Pictures and files in a folder on the disk. */
async function walk(count = 4) {
  const disk = await folder('walk')
  const files = { 'walk/data.bin': 'x'.repeat(5_000), 'walk/read me.txt': 'hello' }
  for (let i = 1; i <= count; i++) files[`walk/IMG ${i}.png`] = png(80, 60)
  await write(disk, files)
  return { files, disk: path.join(disk, 'walk') }
}

const tiles = page => page.locator('.gallery a').evaluateAll(list => list.map(({ dataset }) => dataset.path.match(/IMG \d+/)[0]))
const bar = page => page.getByRole('region', { name: 'Selected files' })
const ticked = page => page.locator('.contents').getByRole('checkbox', { checked: true }).evaluateAll(list => list.map(({ ariaLabel }) => ariaLabel))

here.test('several files are selected by mouse, keyboard and finger, saved, and removed with an undo', async () => {
  const [anna, ben] = await here.friendsWith({ hasTouch: true }, 'Anna', 'Ben')
  const { page } = anna
  const { files, disk } = await walk(6)
  await anna.share({ title: 'Walk', folder: disk, to: ['Ben'] })
  await anna.kept()
  await ben.openShare('Walk')
  await until(() => tiles(page), [1, 2, 3, 4, 5, 6].map(n => `IMG ${n}`))

  // A button, then a range by Shift, and a file of the list.
  await page.getByRole('button', { name: 'Select', exact: true }).click()
  await bar(page).getByText('Nothing selected').waitFor()
  assert.equal(await bar(page).getByRole('button', { name: /^Save/ }).isDisabled(), true)
  await page.getByRole('checkbox', { name: 'walk/IMG 2.png' }).click()
  await page.getByRole('checkbox', { name: 'walk/IMG 4.png' }).click({ modifiers: ['Shift'] })
  await page.getByRole('checkbox', { name: 'walk/data.bin' }).click()
  await until(() => ticked(page), ['walk/IMG 2.png', 'walk/IMG 3.png', 'walk/IMG 4.png', 'walk/data.bin'])
  await bar(page).getByText(/^4 files · \d/).waitFor()
  const zip = unzip((await anna.saved(() => bar(page).getByRole('button', { name: 'Save 4 files' }).click())).bytes)
  assert.deepEqual([...zip.keys()].sort(), ['walk/IMG 2.png', 'walk/IMG 3.png', 'walk/IMG 4.png', 'walk/data.bin'])
  assert.ok(zip.get('walk/IMG 3.png').equals(files['walk/IMG 3.png']))
  await page.keyboard.press('Escape')
  await bar(page).waitFor({ state: 'detached' })

  // With the keyboard: Space selects, and the focus stays where it is.
  await page.getByRole('link', { name: 'Open walk/IMG 5.png' }).focus()
  await page.keyboard.press('Space')
  await until(() => ticked(page), ['walk/IMG 5.png'])
  await page.keyboard.press('Space')
  await until(() => ticked(page), [])
  await page.keyboard.press('Escape')

  // With Ctrl, without the button.
  await page.getByRole('link', { name: 'Open walk/IMG 1.png' }).click({ modifiers: ['ControlOrMeta'] })
  await until(() => ticked(page), ['walk/IMG 1.png'])
  await bar(page).getByRole('button', { name: 'Select all' }).click()
  await bar(page).getByText(/^8 files · /).waitFor()
  await bar(page).getByRole('button', { name: 'End the selection' }).click()

  // A long press of a finger, and a tap after it.
  await page.setViewportSize(PHONE)
  const tile = page.getByRole('link', { name: 'Open walk/IMG 6.png' })
  await tile.scrollIntoViewIfNeeded()
  const { x, y, width, height } = await tile.boundingBox()
  const session = await page.context().newCDPSession(page)
  const touch = (type, touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints })
  await touch('touchStart', [{ x: x + width / 2, y: y + height / 2 }])
  await until(() => ticked(page), ['walk/IMG 6.png'])
  await touch('touchEnd', [])
  await page.getByRole('checkbox', { name: 'walk/IMG 5.png' }).tap()
  await until(() => ticked(page), ['walk/IMG 5.png', 'walk/IMG 6.png'])
  await page.setViewportSize({ width: 1280, height: 800 })

  // Removed, undone, removed for good.
  await bar(page).getByRole('button', { name: 'Remove 2 files' }).click()
  await until(() => tiles(page), [1, 2, 3, 4].map(n => `IMG ${n}`))
  await page.getByRole('button', { name: 'Undo' }).click()
  await until(() => tiles(page), [1, 2, 3, 4, 5, 6].map(n => `IMG ${n}`))
  await page.getByRole('link', { name: 'Open walk/IMG 1.png' }).click({ modifiers: ['ControlOrMeta'] })
  await bar(page).getByRole('button', { name: 'Remove 1 file' }).click()
  await anna.settle('1 file is removed.')
  await until(() => tiles(ben.page), [2, 3, 4, 5, 6].map(n => `IMG ${n}`))
  // A reader saves and passes on, and removes nothing.
  await ben.page.getByRole('button', { name: 'Select', exact: true }).click()
  assert.equal(await bar(ben.page).getByRole('button', { name: /^Remove/ }).count(), 0)
  await ben.page.getByRole('checkbox', { name: 'walk/IMG 2.png' }).click()
  await bar(ben.page).getByRole('button', { name: 'Pass on 1 file' }).click()
  await ben.page.getByText('They are in a new share of yours.').waitFor()
})

here.test('title, text, cover and order are changed in their place, and every reader sees them', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const { page } = anna
  const { disk } = await walk(3)
  await anna.share({ title: 'Wlak', folder: disk, to: ['Ben'] })
  await anna.kept()
  await ben.openShare('Wlak')

  await page.getByRole('button', { name: 'Rename' }).click()
  const form = page.getByRole('form', { name: 'Rename' })
  assert.equal(await form.getByLabel('Title').inputValue(), 'Wlak')
  await form.getByLabel('Title').fill('')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Type a title first.').waitFor()
  await form.getByLabel('Title').fill('Walk')
  await form.getByLabel('Text').fill('The tent held.')
  await form.getByRole('button', { name: 'Save' }).click()
  await anna.heading('Walk')
  await ben.heading('Walk')
  await ben.page.getByText('The tent held.').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await ben.heading('Wlak')

  await page.getByRole('link', { name: 'Open walk/IMG 2.png' }).click()
  await page.getByRole('button', { name: 'Use as cover' }).click()
  await page.getByText('This picture stands for the share from now on.').waitFor()
  await page.keyboard.press('Escape')
  await until(() => ben.api(async ({ spinney }) => (await spinney.shares.list())[0].cover), 'walk/IMG 2.png')

  await page.getByLabel('Order').selectOption('Size, largest first')
  await page.getByRole('button', { name: 'For everybody' }).click()
  await until(() => ben.page.getByLabel('Order').inputValue(), 'size')
  // A reader may choose another for themselves.
  await ben.page.getByLabel('Order').selectOption('Name')
  await until(() => tiles(ben.page), ['IMG 1', 'IMG 2', 'IMG 3'])
  assert.equal(await ben.page.getByRole('button', { name: 'For everybody' }).count(), 0)
  assert.equal(await ben.page.getByRole('button', { name: 'Rename' }).count(), 0)
})

here.test('a text alone is shown, selectable, and copied with one press', async () => {
  const [ben, anna] = await here.friendsWith({ permissions: ['clipboard-read', 'clipboard-write'] }, 'Ben', 'Anna')
  await anna.share({ title: 'Where we meet', note: 'https://example.org/a?b=c', to: ['Ben'] })
  await ben.openShare('Where we meet')
  const { page } = ben
  await page.getByText('https://example.org/a?b=c', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Copy the text' }).click()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'https://example.org/a?b=c')
  const link = page.getByRole('link', { name: 'Open example.org' })
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer')
  assert.equal(await page.getByRole('button', { name: /^Save all/ }).count(), 0)
})

here.test('the end and the password of a link change while its address stays', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await anna.api(async ({ spinney }) => {
    const files = [{ path: 'a.txt', file: new File(['hello'], 'a.txt') }]
    await spinney.shares.create({ title: 'Walk', files, audience: { kind: 'link' } })
  })
  await anna.openShare('Walk')
  await anna.kept()
  const given = await anna.api(async ({ spinney }) => (await spinney.shares.links())[0].link)
  const opens = (link, password) => anna.api(async ({ spinney, link, password }) => {
    try {
      return (await spinney.shares.openLink(link, password)).title
    } catch ({ code }) {
      return code
    }
  }, { link, password })
  assert.equal(await opens(given, ''), 'Walk')

  await page.getByRole('button', { name: 'Change end or password' }).click()
  const form = page.getByRole('form', { name: 'Change end or password' })
  await form.getByLabel('It ends').selectOption('After a day that I choose')
  await form.getByLabel('Last day').fill('2020-01-01')
  await form.getByRole('button', { name: 'Change the link' }).click()
  await form.getByText('Choose a day that is still to come.').waitFor()
  await form.getByLabel('It ends').selectOption('In 1 week')
  await form.getByLabel('Password').selectOption('Another password')
  await form.getByRole('button', { name: 'Change the link' }).click()
  await form.getByText('Type a password first.').waitFor()
  await form.getByLabel('New password').fill('sun cream')
  // The panel moves beside the files and back, with what is typed in it.
  for (const width of [1400, 1000, 1400, 1100]) {
    await page.setViewportSize({ width, height: 900 })
    assert.equal(await page.locator('aside').getByRole('form', { name: 'Change end or password' }).count(), width > 1100 ? 1 : 0)
    await form.getByLabel('New password').waitFor()
    assert.equal(await form.getByLabel('New password').inputValue(), 'sun cream')
  }
  await form.getByRole('button', { name: 'Change the link' }).click()
  await page.getByText('The link is changed.').waitFor()
  await page.getByText('With a password').waitFor()
  await page.getByText(/^Ends /).waitFor()
  assert.equal(await opens(given, ''), 'wrong-passphrase')
  assert.equal(await opens(given, 'sun cream'), 'Walk')
})
