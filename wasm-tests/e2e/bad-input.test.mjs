// Wrong input gets an answer, and changes nothing.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { Person } from './lib/person.mjs'
import { site } from './lib/site.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('a wrong passphrase is one clear error, and the right one opens at once', async () => {
  const anna = await here.person('Anna')
  await anna.lock()
  for (const wrong of ['', 'wrong', `${anna.passphrase} `, anna.passphrase.toUpperCase()]) {
    await anna.unlock(wrong)
    await anna.page.getByRole('alert').getByText('That is not the passphrase.').waitFor()
    assert.equal(await anna.page.getByRole('alert').count(), 1)
  }
  await anna.unlock()
  await anna.heading('Home')
})

here.test('a malformed id or invite, my own, and one added already are each named, and add nothing', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const id = await anna.id()
  const bensId = await ben.id()
  const malformed = 'This is neither an id nor an invite.'
  const own = 'This is your own id.'
  const mistyped = 'This id is mistyped'
  const already = 'friends already.'
  for (const [text, says] of [
    ['hello', malformed],
    ['k51', malformed],
    [id.slice(0, -2), mistyped],
    [`${id}xyz`, mistyped],
    [`My id is ${id.slice(0, 30)}${id.slice(31)}.`, mistyped],
    [(await anna.invite()).slice(0, -3), 'A part of this invite or link is missing or changed.'],
    ['https://example.org/#/add/', malformed],
    ['QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKo1MN', malformed],
    [id, own],
    [await anna.invite(), own],
    [bensId, already],
    [await ben.invite(), already],
  ]) {
    await anna.add(text, says)
  }
  assert.deepEqual(await contacts(anna), ['Ben'])
})

here.test('an id whose record cannot be found stays as looking, until it is cancelled', async () => {
  const anna = await here.person('Anna')
  // A person who was only ever on a page without a relay.
  const nowhere = await site({ relays: [] })
  const stranger = await Person.arrive('Stranger', nowhere.url)
  await stranger.makeProfile()
  const id = await stranger.id()
  await stranger.leave()
  await nowhere.close()

  await anna.add(id, 'They are not found yet.')
  const line = anna.page.locator('.people .person')
  await line.getByText('Looking for them…').waitFor()
  await anna.page.reload()
  await anna.unlock()
  await line.getByText('Looking for them…').waitFor()
  await line.getByRole('button', { name: /^Stop looking/ }).click()
  await line.waitFor({ state: 'detached' })
  // The page hides it before the engine has removed it.
  await until(() => contacts(anna), [])
})

here.test('a name of nothing, or of too much, makes no profile', async () => {
  const { page } = await here.visitor('Anna')
  await page.getByRole('button', { name: 'New profile' }).click()
  const submit = page.getByRole('button', { name: 'Make my profile' })
  await submit.click()
  // All that lacks at once, the first field in focus, and each until it is mended.
  await page.getByText('Type a name first.').waitFor()
  await page.getByText('Choose a passphrase first.').waitFor()
  assert.ok(await page.getByLabel('Your name').evaluate(field => field === document.activeElement))
  await page.getByLabel('Your name').fill('A')
  await page.getByText('Type a name first.').waitFor({ state: 'detached' })
  await page.getByLabel('Your name').fill('x'.repeat(65))
  await submit.click()
  await page.getByText('A name has at most 64 characters.').waitFor()
  await page.getByLabel('Your name').fill('Anna')
  await page.getByLabel('Picture').setInputFiles(file('me.png', 'no picture', 'image/png'))
  await page.getByText('This picture cannot be used: choose a JPEG, PNG or WebP.').waitFor()
  await submit.click()
  await page.getByText('Choose a passphrase first.').waitFor()
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter(name => /k51/.test(name))), [])
})

here.test('what is too long, and what was done before, is said where it was typed', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.person('Ben')]
  const lasting = await ben.lasting()
  const { page } = anna
  const field = page.getByLabel('Their invite or id')
  for (const says of ['You follow Ben.', 'You follow them already.']) {
    await anna.go('people/paste')
    await field.fill(lasting)
    await page.getByRole('button', { name: 'Only follow' }).click()
    await page.getByText(says).first().waitFor()
  }
  const add = page.getByRole('button', { name: 'Add', exact: true })
  const message = page.getByLabel('A few words for them')
  await message.fill('x'.repeat(501))
  await add.click()
  await page.getByText('Write at most 500 characters.').waitFor()
  await message.fill('We met at the lake.')
  await add.click()
  await anna.hears('Ben is asked.')
  await anna.add(lasting, 'You have asked them already. They have not answered yet.')

  await anna.api(async ({ spinney }) => {
    const [{ id }] = await spinney.contacts.list()
    await spinney.contacts.setCircles(id, Array.from({ length: 32 }, (_, n) => `circle ${n}`))
  })
  await anna.visit('Ben')
  const circle = page.getByLabel('A new circle')
  await circle.fill('x'.repeat(65))
  await add.click()
  await page.getByText('The name of a circle has at most 64 characters.').waitFor()
  await circle.fill('one more')
  await add.click()
  await page.getByText('A friend can be in at most 32 circles.').waitFor()

  await page.getByText('Details').click()
  await page.getByRole('button', { name: 'Block Ben' }).click()
  await anna.settle('Ben is blocked and is not told.')
  await anna.add(lasting, 'You blocked them. Unblock them first')

  await anna.go('settings')
  await page.getByLabel('About you').fill('x'.repeat(1001))
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('alert').getByText('That cannot be taken:').waitFor()
})

const contacts = person => person.api(async ({ spinney }) => (await spinney.contacts.list()).map(({ name }) => name))
