// Sending first, and naming oneself later; and the short way of a friend who was invited.
import assert from 'node:assert/strict'
import { file, jpeg, PLACE, write } from './lib/files.mjs'
import { choose, counted } from './lib/hands.mjs'
import { folder } from './lib/place.mjs'
import { world } from './lib/world.mjs'

const here = world()

const button = (person, name) => person.page.getByRole('button', { name, exact: true })
const waiting = person => person.api(async ({ spinney }) => (await spinney.profiles.list()).map(({ name, waiting }) => [name, waiting]))

/** Chooses files on the first screen and gets their link. */
async function sendFirst(person, files) {
  await choose(person.page, button(person, 'Choose files'), files)
  await button(person, 'Get a link').click()
  await person.heading('Your link is ready')
  await button(person, 'Copy link').click()
  await person.page.getByText('Copied').waitFor()
  return person.page.evaluate(() => navigator.clipboard.readText())
}

/** Gives the profile that waits a name and the passphrase of the person. */
async function finish(person) {
  await person.page.getByLabel('Your name').fill(person.name)
  await person.page.getByLabel('Passphrase', { exact: true }).fill(person.passphrase)
  await button(person, 'Save name and passphrase').click()
  await person.hears(`You are ${person.name} from now on.`)
}

here.test('somebody without a profile sends a picture with five clicks and no field, and without its place', async () => {
  const anna = await here.visitor('Anna')
  const picture = await jpeg(anna.page)
  assert.ok(picture.includes(PLACE))
  const done = await counted(anna)
  const link = await sendFirst(anna, file('lake.jpg', picture, 'image/jpeg'))
  assert.deepEqual(done, { clicks: 5, fields: 0 })
  assert.ok(link.startsWith(`${here.url}#/link/`), link)
  await anna.page.getByText('Uploaded. The link works while this page is closed, too.').waitFor()
  await anna.leave()

  const ben = await here.visitor('Ben')
  await ben.openLink(link)
  await ben.heading('lake')
  const { bytes } = await ben.saveAll()
  assert.ok(bytes.length > 1_000 && !bytes.includes(PLACE))
  assert.equal(await ben.api(({ spinney }) => spinney.profiles.current()), null)
})

here.test('the page says before it sends who can open the profile, and it is still there after a restart', async () => {
  const anna = await here.visitor('Anna')
  const [text] = await write(await folder('first'), { 'note.txt': 'a note' })
  await anna.drop(text)
  await anna.page.getByText('1 file · 6 bytes').waitFor()
  await anna.page.getByText('anyone who uses this browser can open it').waitFor()
  await button(anna, 'Get a link').click()
  await anna.heading('Your link is ready')
  assert.deepEqual(await waiting(anna), [['', true]])
  assert.equal(await anna.page.getByRole('heading', { name: 'Give yourself a name and a passphrase' }).count(), 0)
  await button(anna, 'Copy link').click()
  await anna.page.getByRole('heading', { name: 'Give yourself a name and a passphrase' }).waitFor()
  await anna.page.getByText('Uploaded.').waitFor()

  await anna.crash()
  anna.page = await anna.browser.tab(here.url)
  await anna.openShare('note')
  await anna.go('settings')
  await anna.page.getByRole('heading', { name: 'Give yourself a name and a passphrase' }).waitFor()
  assert.equal(await button(anna, 'Lock').count(), 0, 'nobody could unlock it')
  await button(anna, 'Use another profile').click()
  await anna.heading('Who is here?')
  await anna.page.getByText('No name yet').waitFor()
  await anna.page.reload()
  await button(anna, 'Open').click()
  await anna.openShare('note')
})

here.test('a name and a passphrase make it a profile like every other', async () => {
  const anna = await here.visitor('Anna')
  await sendFirst(anna, file('note.txt', 'a note'))
  await anna.page.getByText('Uploaded.').waitFor()
  await button(anna, 'Choose a name and a passphrase').click()
  await button(anna, 'Save name and passphrase').click()
  await anna.page.getByText('Type a name first.').waitFor()
  await finish(anna)
  assert.deepEqual(await waiting(anna), [['Anna', false]])
  await button(anna, 'Go to what I shared').click()
  await anna.heading('note')
  await anna.page.reload()
  await anna.asksForPassphrase()
  await anna.unlock()
  await anna.go('')
  await anna.card('note').waitFor()
  await anna.page.getByText('Your recovery words are not confirmed yet.').waitFor()
  await anna.showWords()
})

here.test('two tabs have the same profile that waits, and closing one leaves it open in the other', async () => {
  const anna = await here.visitor('Anna')
  const first = anna.page
  const second = await anna.browser.tab(here.url)
  await button({ page: second }, 'New profile').waitFor()
  await sendFirst(anna, file('note.txt', 'a note'))
  await anna.heading('Home', second)
  await first.close()
  anna.page = second
  await anna.openShare('note')
  assert.deepEqual(await waiting(anna), [['', true]])
})

here.test('somebody without a name is asked for it when they add a friend, and accepts an invite with it', async () => {
  const ben = await here.person('Ben')
  await ben.connected()
  const anna = await here.visitor('Anna')
  await sendFirst(anna, file('note.txt', 'a note'))
  await anna.page.getByText('Uploaded.').waitFor()
  await button(anna, 'Go to what I shared').click()
  await anna.page.getByRole('link', { name: 'People' }).first().click()
  await anna.page.getByText('Friends see your name, so choose one first.').waitFor()
  const refused = await anna.api(({ spinney }) => spinney.profiles.newInvite().then(() => null, ({ detail }) => detail))
  assert.equal(refused, 'needs-name')
  await anna.page.goto(await ben.invite())
  await anna.page.getByText('Friends see your name, so choose one first.').waitFor()
  await finish(anna)
  await anna.hears('Ben is added.')
  await ben.hears('Anna is added.')
})

here.test('a browser that has no room keeps no profile: the page says so, and nothing is sent', async () => {
  const anna = await here.visitor('Anna', { disk: 4 << 20 })
  await choose(anna.page, button(anna, 'Choose files'), file('note.txt', 'a note'))
  await anna.fill()
  await button(anna, 'Get a link').click()
  await anna.page.getByText('This browser cannot keep a profile without a passphrase here').waitFor()
  await button(anna, 'Back').click()
  await anna.page.getByText('1 file · 6 bytes').waitFor()
  assert.deepEqual(await waiting(anna), [])
})

here.test('inviting a friend, sharing and the friend having it open takes 13 clicks and four fields', async () => {
  const [anna, ben] = [await here.visitor('Anna'), await here.visitor('Ben')]
  const [hers, his] = [await counted(anna), await counted(ben)]
  const { page } = anna
  await button(anna, 'New profile').click()
  await page.getByLabel('Your name').fill('Anna')
  await page.getByLabel('Passphrase', { exact: true }).fill(anna.passphrase)
  await button(anna, 'Make my profile').click()
  await anna.heading('Home')
  await page.getByRole('link', { name: 'Invite a friend' }).first().click()
  await page.getByText('your relay does not have your profile yet').waitFor({ state: 'detached' })
  await button(anna, 'Copy the invite link').click()
  await page.getByText('Copied').waitFor()
  const invite = await page.evaluate(() => navigator.clipboard.readText())
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

  // Where he got it, he clicks on it; that is in another program.
  await ben.page.goto(invite)
  await ben.page.getByLabel('Your name').fill('Ben')
  await ben.page.getByLabel('Passphrase', { exact: true }).fill(ben.passphrase)
  await button(ben, 'Make my profile').click()
  await ben.hears('Anna is added.')
  await anna.hears('Ben is added.')

  await page.getByRole('link', { name: 'Share', exact: true }).click()
  await choose(page, button(anna, 'Choose files'), file('lake.jpg', await jpeg(page), 'image/jpeg'))
  await page.locator('label').filter({ hasText: 'Ben' }).click()
  await anna.send.click()
  await anna.heading('lake')

  await ben.card('lake').getByRole('link', { name: 'Open lake' }).click()
  await ben.heading('lake')
  const [clicks, fields] = ['clicks', 'fields'].map(what => hers[what] + his[what])
  assert.ok(clicks <= 13 && fields <= 4, `${clicks} clicks and ${fields} fields`)
})
