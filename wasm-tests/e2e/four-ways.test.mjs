// The four ways to share: with chosen people and circles, with everybody, by a link, and with oneself.
import assert from 'node:assert/strict'
import { digest, file, jpeg, noise } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('a circle chooses the people who are in it now, and nobody else gets the share', async () => {
  const [anna, ben, carol, dan] = await here.friends('Anna', 'Ben', 'Carol', 'Dan')
  await anna.putInto('Family', 'Ben', 'Carol')
  const letter = noise(3_000)
  await anna.compose({ title: 'For the family', files: [file('letter.txt', letter)], way: 'People you choose' })
  const { page } = anna
  await page.getByRole('button', { name: 'Family (2)' }).click()
  await page.getByText('Only you, Ben, and Carol can open it').waitFor()
  await anna.sendOff('For the family')
  await anna.kept()
  // A person who joins the circle later does not get what was shared before.
  await anna.putInto('Family', 'Dan')
  for (const friend of [ben, carol]) {
    await friend.openShare('For the family')
    assert.equal(digest((await friend.saveFile('letter.txt')).bytes), digest(letter))
  }
  await anna.share({ title: 'For Dan', files: [file('b.txt', 'b')], to: ['Dan'] })
  await dan.openShare('For Dan')
  assert.deepEqual(await dan.titles(), ['For Dan'])
})

here.test('what is shared with everybody shows to a stranger who follows its author', async () => {
  const anna = await here.person('Anna')
  const ben = await here.person('Ben')
  await anna.connected()
  await anna.published()
  const picture = await jpeg(anna.page, { place: false })
  const text = noise(2_000_000)
  await anna.compose({ title: 'Herons at dawn', files: [file('heron.jpg', picture, 'image/jpeg'), file('notes.bin', text)], way: 'Everybody' })
  await anna.page.getByText('Anyone can read this. You cannot take it back from people who have it.').waitFor()
  await anna.sendOff('Herons at dawn')
  await anna.kept()
  const root = await anna.root()
  // The next share starts with chosen people again.
  await anna.go('share')
  assert.ok(await anna.page.getByRole('radio', { name: 'People you choose' }).isChecked())
  const id = await anna.id()
  await anna.leave()

  await ben.connected()
  await ben.follow(id)
  await ben.openShare('Herons at dawn')
  const { page } = ben
  await page.getByText('Anna shared this').waitFor()
  await page.getByText('Anyone can read it').waitFor()
  assert.equal(await ben.root(), root)
  assert.equal(digest((await ben.saveFile('notes.bin')).bytes), digest(text))
  await page.getByRole('link', { name: 'Open heron.jpg' }).click()
  await page.locator('dialog.viewer figure[data-state=here]').waitFor()
})

here.test('a link with a password opens in a fresh browser with no profile, until it is switched off', async () => {
  const anna = await here.person('Anna')
  await anna.connected()
  await anna.published()
  const picture = await jpeg(anna.page, { place: false })
  const song = noise(1_500_000)
  await anna.compose({ title: 'The wedding', note: 'Take what you like.', files: [file('dance.jpg', picture, 'image/jpeg'), file('song.bin', song)], way: 'Anyone with a link' })
  await anna.options()
  await anna.page.getByLabel('Password (optional)').fill('violet tractor')
  await anna.page.getByText('Anyone who has the link and its password can open it').waitFor()
  await anna.sendOff('The wedding')
  await anna.kept()
  const link = await anna.link('The wedding')

  const guest = await here.visitor('Guest')
  const { page } = guest
  await guest.openLink(link)
  const password = page.getByLabel('Password of this link')
  await password.fill('violet')
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByText('That is not the password of this link.').waitFor()
  await password.fill('violet tractor')
  await page.keyboard.press('Enter')
  await guest.heading('The wedding')
  await page.getByText('Anna shared this').waitFor()
  await page.getByText('Take what you like.').waitFor()
  assert.equal(await page.getByRole('navigation').count(), 0)
  // The code is a secret: it does not stay in the address.
  assert.ok(!page.url().includes('/link/'), page.url())
  assert.equal(digest((await guest.saveFile('song.bin')).bytes), digest(song))
  await page.getByRole('link', { name: 'Open dance.jpg' }).click()
  await page.locator('dialog.viewer figure[data-state=here]').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog.viewer').waitFor({ state: 'detached' })

  // If the guest makes a profile after all, the share is among theirs.
  await page.getByRole('link', { name: 'Keep it in a profile' }).click()
  await page.getByText('“The wedding” will be among your shares.').waitFor()
  await guest.makeProfile()
  await guest.openShare('The wedding')

  await anna.go('links')
  await anna.heading('Links')
  await anna.page.getByText('With a password').waitFor()
  await anna.page.getByRole('button', { name: 'Switch off for good: the link to The wedding' }).click()
  await anna.settle('The link to “The wedding” is switched off.')
  await until(() => anna.api(async ({ spinney }) => (await spinney.shares.links()).length), 0)
  // What her relay keeps from now on came after it.
  await anna.share({ title: 'The day after', files: [file('a.txt', 'a')] })
  await anna.kept()
  const late = await here.visitor('Late')
  await late.finds(link, 'This link does not open any more')
  await late.finds(link.slice(0, -9), 'A part of this link is missing')
})

here.test('a link opens as a share of an open profile, once its person says so', async () => {
  const anna = await here.person('Anna')
  const ben = await here.person('Ben')
  await anna.connected()
  await anna.share({ title: 'For the neighbours', files: [file('plan.txt', 'the plan')], way: 'Anyone with a link' })
  await anna.kept()
  const link = await anna.link('For the neighbours')
  await ben.connected()
  await ben.page.goto(link)
  await ben.heading('Open this link?')
  assert.deepEqual(await ben.titles(), [])
  await ben.page.getByRole('button', { name: 'Open the link' }).click()
  await ben.heading('For the neighbours')
  assert.equal((await ben.saveFile('plan.txt')).bytes.toString(), 'the plan')
  await ben.openShare('For the neighbours')
})

here.test('what one puts away for oneself is seen by nobody else', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Passport', files: [file('passport.txt', 'mine')] })
  await anna.page.getByText('Only you', { exact: true }).waitFor()
  await anna.share({ title: 'For Ben', files: [file('b.txt', 'b')], to: ['Ben'] })
  await ben.openShare('For Ben')
  assert.deepEqual(await ben.titles(), ['For Ben'])
  await anna.openShare('Passport')
  assert.equal((await anna.saveFile('passport.txt')).bytes.toString(), 'mine')
})
