// The list of friends with its sheet to meet one, Home with its cards, and the bar and the rail around them.
import assert from 'node:assert/strict'
import { file, jpeg } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const PHONE = { width: 390, height: 844 }
const DESK = { width: 1440, height: 900 }

here.test('on a phone the sheet shows the whole code with its button, goes through its ways by arrow, and Back closes it', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await page.setViewportSize(PHONE)
  await anna.connected()
  await anna.published()
  await page.getByRole('main').getByRole('link', { name: 'Add a friend' }).first().click()
  const sheet = page.getByRole('dialog', { name: 'Add a friend' })
  for (const part of [sheet.getByRole('img', { name: 'Invite for one friend as a QR code' }), sheet.getByRole('button', { name: 'Copy the invite link' })]) {
    await part.waitFor()
    const { x, y, width, height } = await part.boundingBox()
    assert.ok(x >= 0 && y >= 0 && x + width <= PHONE.width && y + height <= PHONE.height, `${x} ${y} ${width} ${height}`)
  }
  assert.equal(await page.getByRole('img', { name: /QR code$/ }).count(), 1)

  // What is typed stays while another way is looked at.
  await sheet.getByRole('tab', { name: 'Paste' }).click()
  await sheet.getByLabel('Their invite or id').fill('not yet')
  await sheet.getByRole('tab', { name: 'Paste' }).press('ArrowRight')
  await sheet.getByRole('tab', { name: 'My code', selected: true }).press('ArrowLeft')
  await sheet.getByRole('tab', { name: 'Paste', selected: true }).waitFor()
  assert.equal(await sheet.getByLabel('Their invite or id').inputValue(), 'not yet')
  await page.goBack()
  await sheet.waitFor({ state: 'detached' })
  await anna.heading('People')
  // An address of its own opens each way.
  await anna.go('people/paste')
  await sheet.getByRole('tab', { name: 'Paste', selected: true }).waitFor()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
})

here.test('a notice that comes while the sheet is open is in it, and covers neither the code nor its button', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.person('Ben')]
  const { page } = anna
  await page.setViewportSize(PHONE)
  const lasting = await anna.lasting()
  await anna.myCode()
  await ben.add(lasting, 'Anna is asked.')
  const sheet = page.getByRole('dialog', { name: 'Add a friend' })
  const notice = sheet.locator('.notice').filter({ hasText: 'Ben asks to be added.' })
  await notice.waitFor()
  const button = await sheet.getByRole('button', { name: 'Copy the invite link' }).boundingBox()
  assert.ok((await notice.boundingBox()).y >= button.y + button.height)
  await notice.getByRole('button', { name: 'Close' }).click()
  await notice.waitFor({ state: 'detached' })
})

here.test('a press anywhere on a card opens its share, files are rows, and a wide screen has a grid', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const picture = file('a.jpg', await jpeg(page), 'image/jpeg')
  await anna.share({ title: 'Letter', files: [file('letter.txt', 'x'.repeat(71), 'text/plain')] })
  await anna.kept()
  await anna.share({ title: 'Lake', files: [picture, file('b.txt', 'b')] })
  await anna.kept()
  await anna.share({ title: 'Sea', files: [picture] })
  await anna.kept()
  const box = async title => {
    await anna.card(title).locator('.mosaic img, .kind').first().waitFor()
    return anna.card(title).boundingBox()
  }
  await page.setViewportSize(PHONE)
  await anna.go('')
  await anna.card('Letter').getByText('Only you · letter.txt · 71 bytes').waitFor()
  await anna.card('Lake').getByText('Only you · 1 photo, 1 file').waitFor()
  const [sea, lake, letter] = [await box('Sea'), await box('Lake'), await box('Letter')]
  assert.deepEqual([sea.x, lake.x], [letter.x, letter.x])
  assert.ok(letter.height <= 80, `${letter.height}`)

  await page.setViewportSize(DESK)
  const [first, second, row] = [await box('Sea'), await box('Lake'), await box('Letter')]
  assert.equal(first.y, second.y)
  assert.ok(second.x >= first.x + first.width && row.height < first.height / 3)
  // On the picture, far from the title.
  await page.mouse.click(second.x + second.width / 2, second.y + 40)
  await anna.heading('Lake')
})

here.test('the rail of a desktop shows whose profile is open, and locks it', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await page.setViewportSize(DESK)
  const rail = page.getByRole('navigation', { name: 'Main' })
  await rail.getByRole('link', { name: 'Anna' }).click()
  await anna.heading('Settings')
  await rail.getByRole('button', { name: 'Lock now' }).click()
  await anna.asksForPassphrase()
  await until(() => anna.api(({ spinney }) => spinney.profiles.current()), null)
})
