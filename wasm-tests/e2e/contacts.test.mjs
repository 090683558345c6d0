// 2. Adding a person by invite or bare id while they are away, also over another relay.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { Person } from './lib/person.mjs'
import { Relay } from './lib/relay.mjs'
import { site } from './lib/site.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('an invite finds its maker while their tab is closed, and both are friends once it is open again', async () => {
  const anna = await here.person('Anna')
  await anna.connected()
  const invite = await anna.invite()
  await anna.page.close()

  const ben = await here.person('Ben')
  await ben.add(invite, 'Anna is asked.')
  await ben.contact('Anna').getByText('Waiting for their answer').waitFor()
  await anna.comeBack()
  await ben.hears('Anna is added.')
  await anna.go('people')
  await anna.contact('Ben').waitFor()
})

here.test('a bare id finds its owner while their tab is closed', async () => {
  const anna = await here.person('Anna')
  await anna.connected()
  await anna.published()
  const id = await anna.id()
  await anna.leave()

  const ben = await here.person('Ben')
  await ben.add(id, 'Anna is asked.')
})

here.test('an opened invite link makes a friend with the profile, and not before', async () => {
  const anna = await here.person('Anna')
  await anna.connected()
  const invite = await anna.invite()

  const ben = await here.visitor('Ben')
  await ben.page.close()
  ben.page = await ben.browser.tab(invite)
  await ben.page.getByText('Anna invites you.').waitFor()
  const { page } = ben
  await page.getByText('Make a profile, and you are friends.').waitFor()
  await ben.makeProfile()
  await ben.hears('Anna is added.')
  await ben.go('people')
  await ben.contact('Anna').waitFor()
  // It is used up: a reload does not ask again.
  await page.reload()
  await ben.unlock()
  await ben.heading('People')
  assert.equal(await page.getByRole('button', { name: 'Add them' }).count(), 0)
  assert.doesNotMatch(page.url(), /#\/add\//)
})

here.test('people of two relays find each other', async () => {
  const other = await Relay.start()
  const elsewhere = await site({ relays: [other.address] })
  const ben = await Person.arrive('Ben', elsewhere.url)
  try {
    const anna = await here.person('Anna')
    await anna.connected()
    const invite = await anna.invite()
    await ben.makeProfile()
    await ben.connected()
    await ben.add(invite, 'Anna is added.')
    const line = 'somebody else keeps this'
    await ben.share({ title: 'Across two relays', note: line, files: [file('a.txt', line)], to: ['Anna'] })
    await ben.kept()
    await ben.leave()
    await anna.openShare('Across two relays')
    assert.equal((await anna.saveFile('a.txt')).bytes.toString(), line)
  } finally {
    await ben.leave()
    await elsewhere.close()
    await other.stop()
  }
})

here.test('an avatar travels with the profile', async () => {
  const anna = await here.visitor('Anna')
  const { page } = anna
  const picture = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(300, 200)
    const draw = canvas.getContext('2d')
    draw.fillStyle = 'rebeccapurple'
    draw.fillRect(0, 0, 300, 200)
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())]
  })
  await page.getByRole('button', { name: 'New profile' }).click()
  await page.locator('input[type=file]').setInputFiles(file('me.png', Buffer.from(picture), 'image/png'))
  await page.getByRole('button', { name: 'Remove the picture' }).waitFor()
  await page.getByLabel('Your name').fill('Anna')
  await page.getByLabel('Passphrase', { exact: true }).fill(anna.passphrase)
  await page.getByRole('button', { name: 'Make my profile' }).click()
  await anna.connected()

  const ben = await here.person('Ben')
  await ben.add(await anna.invite(), 'Anna is added.')
  await ben.contact('Anna').locator('img').waitFor()
})

here.test('people whose names look the same are told apart by two words of their ids', async () => {
  const [, ben] = await here.friends('Anna', 'Ben')
  const eve = await here.visitor('Eve')
  // Its first letter is Cyrillic.
  eve.name = '\u0410nna'
  await eve.makeProfile()
  await eve.connected()
  await eve.add(await ben.lasting(), 'Ben is asked.')
  await ben.go('people')
  const asking = ben.request(eve.name).locator('b')
  await asking.waitFor()
  assert.match(await asking.textContent(), /^\u0410nna \([a-z]+ [a-z]+\)$/)
  assert.equal(await ben.contact('Anna').locator('b').first().textContent(), 'Anna')
})
