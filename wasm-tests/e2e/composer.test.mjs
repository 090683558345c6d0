// The sheet on which a share is put together, and the page behind a link.
import assert from 'node:assert/strict'
import path from 'node:path'
import { file, png, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const PHONE = { width: 390, height: 844 }

here.test('on a phone, all that a share of nine pictures needs is on one screen, and the button that sends stays in sight', async () => {
  const [anna] = await here.friends('Anna', 'Ben')
  const { page } = anna
  await page.setViewportSize(PHONE)
  await anna.go('share')
  await anna.heading('Share')
  const files = Array.from({ length: 9 }, (_, n) => file(`IMG_${n}.png`, png(40, 30), 'image/png'))
  await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(files)
  await page.getByText(/^9 pictures · /).waitFor()
  const bar = await page.getByRole('navigation').boundingBox()
  const who = page.getByRole('group', { name: 'Who may open it' })
  const send = page.getByRole('button', { name: 'Share', exact: true })
  const needed = {
    'the first picture': page.getByRole('button', { name: 'Leave out IMG_0.png' }),
    'the ways to share': who.getByRole('radio', { name: 'Public' }),
    'a friend': who.locator('label').filter({ hasText: 'Ben' }),
    'the title': page.getByLabel('Title'),
    'the note': page.getByRole('button', { name: 'Add a note' }),
    'the options': page.getByText('Options'),
    'the button': send,
  }
  for (const [name, part] of Object.entries(needed)) {
    const { y, height } = await part.boundingBox()
    assert.ok(y >= 0 && y + height <= bar.y, `${name} ends at ${y + height}, the bar begins at ${bar.y}`)
  }

  // What gets the focus is not behind the button, however long the sheet is.
  await anna.options()
  await page.getByRole('radio', { name: 'Link' }).check({ force: true })
  const sendRow = page.locator('footer').filter({ has: page.getByRole('button', { name: 'Make the link' }) })
  await page.getByLabel('Title').focus()
  for (let tabs = 0; tabs < 10; tabs++) {
    await page.keyboard.press('Tab')
    const [focused, row] = [await page.evaluate(() => {
      const { activeElement: at } = document
      const { bottom } = at.getBoundingClientRect()
      return { bottom, inForm: at.closest('.sheet') !== null, name: at.outerHTML.slice(0, 80) }
    }), await sendRow.boundingBox()]
    if (focused.inForm) assert.ok(focused.bottom <= row.y + 1, `${focused.name} ends at ${focused.bottom}, behind the row at ${row.y}`)
    assert.ok(row.y + row.height <= bar.y + 1)
  }
})

here.test('what lacks is said at once where it lacks, the first has the focus, and each goes when it is mended', async () => {
  const [anna] = await here.friends('Anna', 'Ben')
  const { page } = anna
  await anna.go('share')
  await anna.heading('Share')
  const title = page.getByLabel('Title')
  await title.fill('x'.repeat(201))
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const said = () => page.getByRole('alert').allTextContents()
  await until(said, ['Choose at least one file, or write a note.', 'Choose who may open it.', 'A title has at most 200 characters.'])
  await page.waitForFunction(() => document.activeElement.textContent.includes('Choose files'))
  assert.equal(await title.getAttribute('aria-invalid'), 'true')
  await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(file('a.txt', 'a'))
  await until(said, ['Choose who may open it.', 'A title has at most 200 characters.'])
  await title.fill('')
  await until(said, ['Choose who may open it.'])
  await page.getByRole('checkbox', { name: 'Ben' }).check({ force: true })
  await until(said, [])

  // A day that is over is in the options, which open for it.
  await page.getByRole('radio', { name: 'Link' }).check({ force: true })
  await anna.options()
  await page.getByLabel('Last day (optional)').fill('2020-01-01')
  await page.getByText('Options').click()
  await anna.send.click()
  await until(said, ['The last day is over already: choose a later one.'])
  await page.waitForFunction(() => document.activeElement.type === 'date')
  await page.getByRole('button', { name: 'A week' }).click()
  await until(said, [])
  await anna.sendOff('a')
})

here.test('pictures are a strip, other files are rows with name and size, and a folder is one row that opens', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const disk = await folder('mixed')
  await write(disk, { 'Papers/ticket.pdf': 'x'.repeat(2400), 'Papers/inner/plan.txt': 'plan', 'Papers/map.png': png(80, 60), 'lake.png': png(40, 40), 'birds.mp3': 'x'.repeat(3000) })
  await anna.go('share')
  await anna.heading('Share')
  await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles([path.join(disk, 'lake.png'), path.join(disk, 'birds.mp3')])
  await page.locator('input[type=file][webkitdirectory]').setInputFiles(path.join(disk, 'Papers'))
  await page.getByText(/^5 files · /).waitFor()
  await page.getByRole('listitem').filter({ hasText: 'birds.mp3' }).getByText('3 kB').waitFor()
  const papers = page.getByRole('button', { name: /^Papers 3 files · / })
  assert.equal(await papers.getAttribute('aria-expanded'), 'false')
  assert.equal(await page.getByText('ticket.pdf').count(), 0)
  await papers.click()
  await page.getByText('ticket.pdf').waitFor()
  await page.getByRole('button', { name: /^inner 1 file · / }).click()
  await page.getByText('plan.txt').waitFor()
  await page.getByRole('button', { name: 'Leave out Papers/ticket.pdf' }).click()
  await until(async () => (await anna.chosen()).sort(), ['Papers/inner/plan.txt', 'Papers/map.png', 'birds.mp3', 'lake.png'])
  await page.getByRole('button', { name: 'Leave out the whole folder Papers', exact: true }).click()
  await until(async () => (await anna.chosen()).sort(), ['birds.mp3', 'lake.png'])
})

here.test('a guest sees whose a link is, how much it is and until when, and saving comes first', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await anna.connected()
  await anna.compose({ title: 'At the lake', files: [file('a.png', png(40, 30), 'image/png'), file('b.png', png(30, 40), 'image/png')], way: 'Anyone with a link' })
  await anna.options()
  await page.getByLabel('Last day (optional)').fill('2199-05-03')
  await anna.sendOff('At the lake')
  await anna.kept()
  const link = await anna.link('At the lake')
  const guest = await here.visitor('Guest')
  await guest.page.goto(link)
  await guest.page.getByText('It opens until May 3, 2199.').waitFor()
  await guest.page.getByRole('button', { name: 'Open the link' }).click()
  await guest.heading('At the lake')
  await guest.page.getByText('Anna shared this').waitFor()
  const main = guest.page.getByRole('main')
  await main.getByText('2 files', { exact: true }).waitFor()
  await main.getByText('until May 3, 2199').waitFor()
  await main.getByText('You’re viewing as a guest. Create a profile to keep this.').waitFor()
  await guest.page.setViewportSize(PHONE)
  const save = await main.getByRole('button', { name: /^Save all/ }).boundingBox()
  const picture = await main.getByRole('link', { name: 'Open a.png' }).boundingBox()
  assert.ok(save.y + save.height < picture.y && save.y + save.height < PHONE.height)
  assert.ok((await guest.saveAll()).bytes.length > 0)
})
