// What the browser writes down of where a person was: nothing that names somebody or something. Back and Forward work all
// the same, a reload leads to a sensible screen, and a link does nothing before its person says so.
import assert from 'node:assert/strict'
import { file, jpeg } from './lib/files.mjs'
import { Line } from './lib/line.mjs'
import { Person } from './lib/person.mjs'
import { Relay } from './lib/relay.mjs'
import { site } from './lib/site.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Every address that may be in the history: a view without anything in it, or an index. */
const HARMLESS = /^(#\/(v\/\d+|people|people\/(invite|scan|paste)|share|transfers|settings|words|links)?)?$/

here.test('no entry of the history names a person, a share, a file, a link or an invite', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const picture = await jpeg(anna.page, { place: false })
  const pictures = ['harbour.jpg', 'lighthouse.jpg'].map(name => file(name, picture, 'image/jpeg'))
  await anna.share({ title: 'By link', files: [file('plan.txt', 'the plan')], way: 'Anyone with a link' })
  await anna.kept()
  const link = await anna.link('By link')
  await anna.share({ title: 'For Ben', files: pictures, to: ['Ben'] })
  const lasting = await anna.lasting()
  const id = await anna.id()

  const { page } = ben
  await ben.openShare('For Ben')
  await page.getByRole('link', { name: 'Open harbour.jpg' }).click()
  await page.locator('dialog.viewer').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  await page.locator('dialog.viewer').waitFor({ state: 'detached' })
  await ben.visit('Anna')
  await page.goto(lasting)
  await page.getByRole('heading', { name: 'You and Anna are friends already.' }).waitFor()
  await page.locator('form').getByRole('button', { name: 'Close' }).click()
  await page.goto(link)
  await page.getByRole('button', { name: 'Open the link' }).click()
  await ben.heading('By link')

  const entries = await page.evaluate(() => navigation.entries().map(entry => ({ url: entry.url, state: entry.getState() ?? null })))
  assert.ok(entries.length > 5, `${entries.length} entries`)
  for (const { url, state } of entries) {
    assert.match(new URL(url).hash, HARMLESS)
    assert.equal(state, null)
  }
  assert.equal(await page.evaluate(() => typeof history.state), 'number')
  // What was answered waits nowhere.
  assert.deepEqual(await page.evaluate(() => ({ ...sessionStorage })), {})
  const said = JSON.stringify(entries) + (await page.title())
  for (const secret of [id, link.split('#/link/')[1], lasting.split('#/add/')[1], 'harbour', 'lighthouse', 'Anna', 'For Ben']) {
    assert.ok(!said.includes(secret), secret)
  }
})

here.test('Back and Forward lead where a person expects, and a reload leads home', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const picture = await jpeg(page, { place: false })
  await anna.share({ title: 'Views', files: ['1.jpg', '2.jpg', '3.jpg'].map(name => file(name, picture, 'image/jpeg')) })
  await anna.openShare('Views')
  const viewer = page.locator('dialog.viewer')
  await page.getByRole('link', { name: 'Open 1.jpg' }).click()
  await viewer.waitFor()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await viewer.getByRole('img', { name: '3.jpg' }).waitFor()
  await page.keyboard.press('Escape')
  await viewer.waitFor({ state: 'detached' })
  await anna.heading('Views')
  // The viewer is one step, however it was closed.
  await page.goBack()
  await anna.heading('Home')
  await page.goForward()
  await anna.heading('Views')
  await page.getByRole('link', { name: 'Open 2.jpg' }).click()
  await viewer.waitFor()
  await page.goBack()
  await viewer.waitFor({ state: 'detached' })
  await anna.heading('Views')
  await page.goForward()
  await viewer.getByRole('img', { name: '2.jpg' }).waitFor()

  await page.reload()
  await anna.unlock()
  await anna.heading('Home')
  // An index of before the reload means nothing now, and never something else.
  await anna.card('Views').getByRole('link', { name: 'Open Views' }).click()
  await anna.heading('Views')
  await page.goBack()
  await anna.heading('Home')
  await page.goBack()
  await anna.heading('Home')
})

here.test('nothing can be gone back to after a lock', async () => {
  const anna = await here.person('Anna')
  await anna.share({ title: 'Gone', files: [file('a.txt', 'a')] })
  await anna.lock()
  await anna.unlock()
  await anna.heading('Home')
  for (let i = 0; i < 4; i++) {
    await anna.page.goBack()
    assert.ok(!(await anna.page.innerText('h1')).includes('Gone'))
  }
})

here.test('a guest who reloads keeps the link, which is in no address, and no profile takes it without a click', async () => {
  const anna = await here.person('Anna')
  await anna.connected()
  await anna.share({ title: 'For guests', files: [file('plan.txt', 'the plan')], way: 'Anyone with a link' })
  await anna.kept()
  const link = await anna.link('For guests')
  const guest = await here.visitor('Guest')
  const { page } = guest
  await guest.openLink(link)
  await guest.heading('For guests')
  await page.reload()
  await guest.heading('For guests')
  assert.equal((await guest.saveFile('plan.txt')).bytes.toString(), 'the plan')
  const urls = await page.evaluate(() => navigation.entries().map(({ url }) => url))
  for (const url of urls) assert.match(new URL(url).hash, HARMLESS)

  // A profile that is opened in another tab gets nothing of it by itself.
  const tab = await guest.browser.tab(here.url)
  guest.page = tab
  await guest.makeProfile()
  guest.page = page
  await guest.heading('Open this link?')
  assert.deepEqual(await guest.titles(), [])
  await page.getByRole('button', { name: 'Open the link' }).click()
  await guest.heading('For guests')
  assert.deepEqual(await guest.titles(), ['For guests'])
})

here.test('an invite that was opened survives a reload, until it is answered', async () => {
  const anna = await here.person('Anna')
  await anna.connected()
  const lasting = await anna.lasting()
  const ben = await here.visitor('Ben')
  const { page } = ben
  await page.goto('about:blank')
  await page.goto(lasting)
  await page.getByText('Anna invites you.').waitFor()
  await page.reload()
  await page.getByText('Anna invites you.').waitFor()
  await ben.makeProfile('People')
  await page.getByRole('heading', { name: 'Anna invites you' }).waitFor()
  await page.getByRole('button', { name: 'Not now' }).click()
  await page.reload()
  await ben.unlock()
  await ben.heading('People')
  assert.equal(await page.getByRole('heading', { name: 'Anna invites you' }).count(), 0)
})

here.test('a link that another page opens reaches no relay and changes no profile until its person says so', async () => {
  const relay = await Relay.start()
  const line = await Line.to(relay.port)
  const elsewhere = await site({ relays: [relay.address.replace(`/tcp/${relay.port}/`, `/tcp/${line.port}/`)] })
  const anna = await Person.arrive('Anna', elsewhere.url)
  try {
    await anna.makeProfile()
    await anna.connected()
    await anna.share({ title: 'Bait', files: [file('a.txt', 'a')], way: 'Anyone with a link' })
    await anna.kept()
    const code = (await anna.link('Bait')).split('#/link/')[1]
    await anna.leave()

    const ben = await here.person('Ben')
    await ben.connected()
    const before = line.joined
    await ben.page.goto(`${here.url}#/link/${code}`)
    await ben.heading('Open this link?')
    await ben.page.getByText('They see your network address').waitFor()
    await ben.page.getByRole('button', { name: 'Not now' }).click()
    await ben.heading('Home')
    // By the time that something else has gone all its way, a connection would be there.
    await ben.share({ title: 'Something else', files: [file('b.txt', 'b')] })
    await ben.kept()
    assert.equal(line.joined, before)
    assert.deepEqual(await ben.titles(), ['Something else'])

    // Who reaches others through their own relays only is told why it does not open.
    const relayOnly = only => ben.api(({ spinney, only }) => spinney.profiles.update({ relayOnly: only }), { only })
    await relayOnly(true)
    await ben.page.goto(`${here.url}#/link/${code}`)
    await ben.page.getByRole('button', { name: 'Open the link' }).click()
    await ben.page.getByText('It is at a relay of somebody else, and you reach contacts').waitFor()
    assert.equal(line.joined, before)
    await relayOnly(false)
    await ben.page.getByRole('button', { name: 'Try again' }).click()
    await ben.heading('Bait')
    assert.ok(line.joined > before)
  } finally {
    await anna.leave()
    await elsewhere.close()
    await line.close()
    await relay.stop()
  }
})
