// 6. Both online at once, and several tabs of one person.
import assert from 'node:assert/strict'
import { digest, file, film, MEGABYTE, noise } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** The longest time from a share's acknowledgement until the other side shows it, in milliseconds. */
const AT_ONCE = 2_000

here.test('a new share appears at the other side within two seconds, without a reload', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await ben.go('')
  for (const title of ['The first', 'The second', 'The third']) {
    await anna.share({ title, files: [file('a.txt', title)], to: ['Ben'] })
    await anna.kept()
    await ben.card(title).waitFor({ timeout: AT_ONCE })
  }
})

here.test('two tabs of one person work on one engine', async () => {
  const anna = await here.person('Anna')
  const { first, second } = await twoTabs(anna)
  assert.deepEqual(await leads(first, second), [true, false])
  await anna.share({ title: 'Made in the second tab', files: [file('a.txt', 'a')] })
  anna.page = first
  await anna.openShare('Made in the second tab')
  // Locking in one locks the other, which says what could not be done any more.
  await anna.heading('Made in the second tab', second)
  await second.getByText('Details').click()
  await second.getByRole('button', { name: 'Remove it for good' }).click()
  // It stays while the person is about to use it.
  await second.getByRole('button', { name: 'Undo' }).focus()
  await anna.lock()
  await second.getByLabel('Passphrase for Anna').waitFor()
  await second.getByText('The profile is locked. Type your passphrase again.').waitFor()
})

here.test('when the leading tab closes, the other goes on', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Before', files: [file('a.txt', 'a')], to: ['Ben'] })
  await anna.kept()
  const { first, second } = await twoTabs(anna)
  await first.close()
  await anna.openShare('Before')
  assert.equal((await anna.saveFile('a.txt')).bytes.toString(), 'a')
  assert.deepEqual(await leads(second), [true])
  await anna.share({ title: 'After', files: [file('b.txt', 'b')], to: ['Ben'] })
  await anna.kept()
  await ben.openShare('After')
})

here.test('what was locked is open in no tab again, also not in one that stood still', async () => {
  const anna = await here.person('Anna')
  const { first, second } = await twoTabs(anna)
  const goesOn = await standStill(second)
  anna.page = first
  await anna.lock()
  await anna.asksForPassphrase()
  await first.close()
  await goesOn()
  await anna.asksForPassphrase(second)
  assert.deepEqual(await leads(second), [true])
  // Where no tab is left, nothing stays open.
  await anna.unlock(undefined, second)
  await anna.heading('Home', second)
  await second.goto('about:blank')
  const third = await anna.browser.tab(here.url)
  await anna.asksForPassphrase(third)
})

here.test('when the leading tab is reloaded, both go on', async () => {
  const anna = await here.person('Anna')
  const { first, second } = await twoTabs(anna)
  await first.reload()
  await anna.heading('Home')
  // The other one went on, so that no passphrase is asked for.
  await anna.heading('Home', first)
  assert.deepEqual(await leads(first, second), [false, true])
  await anna.share({ title: 'From the leader', files: [file('a.txt', 'a')] })
  anna.page = first
  await anna.openShare('From the leader')
  await anna.share({ title: 'From the other', files: [file('b.txt', 'b')] })
  anna.page = second
  await anna.openShare('From the other')
})

here.test('who stays signed in is in wherever the engine goes, and out in every tab once they lock', async () => {
  const anna = await here.person('Anna')
  await anna.share({ title: 'Before', files: [file('a.txt', 'a')] })
  await staysSignedIn(anna)
  const { first, second } = await twoTabs(anna)
  await first.reload()
  await anna.heading('Home', first)
  await untilLeads(second)
  anna.page = first
  await anna.openShare('Before')
  await second.close()
  await untilLeads(first)
  await anna.share({ title: 'After', files: [file('b.txt', 'b')] })

  const third = await anna.browser.tab(here.url)
  await anna.heading('Home', third)
  await anna.lock()
  await anna.asksForPassphrase(third)
  await first.close()
  await untilLeads(third)
  await third.reload()
  await anna.asksForPassphrase(third)
})

here.test('a tab that is left and come back to goes on with the other one’s engine', async () => {
  const anna = await here.person('Anna')
  await anna.share({ title: 'Before', files: [file('a.txt', 'a')] })
  const { first, second } = await twoTabs(anna)
  await first.goto('about:blank')
  await anna.heading('Home')
  await anna.share({ title: 'Meanwhile', files: [file('b.txt', 'b')] })
  await first.goBack({ waitUntil: 'commit' })
  anna.page = first
  await anna.openShare('Meanwhile')
  assert.equal((await anna.saveFile('b.txt')).bytes.toString(), 'b')
  assert.deepEqual(await leads(first, second), [false, true])
  // And the reverse.
  await second.goto('about:blank')
  await anna.openShare('Before')
  await second.goBack({ waitUntil: 'commit' })
  anna.page = second
  await anna.openShare('Before')
  assert.deepEqual(await leads(first, second), [true, false])
})

here.test('a tab that stood still while another one took over, and does not answer now, says so and goes on', async () => {
  const anna = await here.person('Anna')
  await staysSignedIn(anna)
  await anna.share({ title: 'Before', files: [file('a.txt', 'a')] })
  const first = anna.page
  const goesOn = await standStill(first)
  const second = await anna.browser.tab(here.url)
  await anna.heading('Home', second)
  const secondGoesOn = await standStill(second)
  await goesOn()
  await first.getByText('Another tab has taken over. This one continues as soon as that tab answers.').waitFor()
  await secondGoesOn()
  await first.getByText('Another tab has taken over.').waitFor({ state: 'detached' })
  await anna.openShare('Before')
  assert.equal((await anna.saveFile('a.txt')).bytes.toString(), 'a')
})

here.test('when the engine goes or breaks, the page says what to try again, and does not start it for ever', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.person('Ben')]
  const lasting = await ben.lasting()
  await staysSignedIn(anna)
  const { first, second } = await twoTabs(anna)
  await anna.go('people/paste')
  const field = second.getByLabel('Their invite or id')
  const add = second.getByRole('button', { name: 'Add', exact: true })
  // What is asked now waits for a relay that stands still.
  process.kill(here.relay.process.pid, 'SIGSTOP')
  try {
    await field.fill(lasting)
    await Promise.all([second.getByText('Looking for them…').first().waitFor(), add.click()])
    await first.close()
    await second.getByText('Another tab has taken over. Try again.').waitFor()
    await untilLeads(second)
    await add.click()
    await add.waitFor({ state: 'detached' })
    await Promise.all([second.getByText('The engine stopped and is starting again.').waitFor(), breakEngine(second)])
    await second.getByText('The engine stopped and was started once more. Try again.').waitFor()
  } finally {
    process.kill(here.relay.process.pid, 'SIGCONT')
  }
  await second.getByText('The engine stopped and is starting again.').waitFor({ state: 'detached' })
  await anna.add(lasting, 'Ben is asked.')

  await breakEngine(second)
  await anna.heading('Spinney could not start')
  await second.getByText('Its engine could not be loaded, or it stopped twice.').waitFor()
  await second.getByRole('button', { name: 'Start again' }).click()
  await anna.contact('Ben').waitFor()
})

here.test('what is put together in the second tab is there when the first has closed', async () => {
  const anna = await here.person('Anna')
  const { first } = await twoTabs(anna)
  await anna.compose({ title: 'Put together', note: 'With care', files: [file('a.txt', 'a')] })
  await first.close()
  await anna.heading('Share')
  await anna.sendOff('Put together')
  await anna.page.getByText('With care').waitFor()
  assert.equal((await anna.saveFile('a.txt')).bytes.toString(), 'a')
  // Locking is different: nothing that was not sent is left.
  await anna.compose({ title: 'Not for others', files: [file('a.txt', 'a')] })
  await anna.lock()
  await anna.unlock()
  await anna.go('share')
  assert.equal(await anna.page.getByLabel('Title').inputValue(), '')
})

here.test('a share that is being sealed for the second tab goes on when the first has closed', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const { first } = await twoTabs(anna)
  const whole = await film(await folder('film'), 'film.bin', 16 * MEGABYTE)
  await anna.compose({ title: 'Half sealed', files: whole.path, to: ['Ben'] })
  const hold = await anna.holdWrites(4 * MEGABYTE)
  await anna.send.click()
  await hold.reached()
  // The tab goes on with what it knows.
  await anna.bar('Encrypting')
  await first.close()
  await hold.release()
  await anna.openShare('Half sealed')
  await anna.kept()
  await ben.openShare('Half sealed')
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
})

here.test('what is on the page stays the same element while it moves underneath', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await ben.share({ title: 'Old', files: [file('a.txt', 'a'), file('b.txt', 'b')], to: ['Anna'] })
  await anna.go('')
  const open = anna.card('Old').getByRole('link', { name: 'Open Old' })
  await open.waitFor()
  const watched = await open.elementHandle()
  // Everything that changes the page: a share that arrives, one that changes, transfers, a relay that stops and
  // returns.
  await ben.share({ title: 'New', files: [file('c.txt', noise(MEGABYTE))], to: ['Anna'] })
  await anna.card('New').waitFor()
  await here.relay.kill()
  await anna.page.getByText('Connecting to your relay…').waitFor()
  await here.relay.restart()
  await anna.connected()
  assert.ok(await watched.evaluate(link => link.isConnected))
  await watched.click()
  await anna.heading('Old')
  const download = await anna.page.getByRole('button', { name: 'Download a.txt' }).elementHandle()
  await anna.keep()
  await anna.hasAll()
  assert.ok(await download.evaluate(button => button.isConnected))
})

/** A second tab of a person, who looks at it from now on. */
async function twoTabs(person) {
  const first = person.page
  const second = await person.browser.tab(here.url)
  await person.heading('Home', second)
  person.page = second
  return { first, second }
}

/** Has a person stay signed in. */
async function staysSignedIn(person) {
  await person.lock()
  await person.staySignedIn()
  await person.unlock()
  await person.heading('Home')
}

/** Has a window run nothing more, as one that hangs, until the function that comes back is called. */
async function standStill(page) {
  const debug = await page.context().newCDPSession(page)
  await debug.send('Debugger.enable')
  const paused = new Promise(resolve => debug.once('Debugger.paused', resolve))
  await debug.send('Debugger.pause')
  page.evaluate(() => {}).catch(() => {})
  await paused
  return () => debug.send('Debugger.resume')
}

/** Has an error come out of a tab's engine that nothing catches: that is what the window notices of one that breaks. */
const breakEngine = page => page.workers().find(worker => worker.url().includes('/worker')).evaluate(() => {
  setTimeout(() => {
    throw new Error('broken by a test')
  })
})

/** Waits until a tab runs the engine. */
const untilLeads = page => page.evaluate(async () => {
  const { open } = await import(new URL('spinney.js', document.baseURI).href)
  const spinney = await open()
  if (!spinney.engine.leader) {
    for await (const { type, state } of spinney.events()) if (type === 'engine' && state === 'leader') break
  }
  await spinney.close()
})

/** Whether each tab runs the engine. */
const leads = (...pages) => Promise.all(pages.map(page => page.evaluate(async () => {
  const { open } = await import(new URL('spinney.js', document.baseURI).href)
  const spinney = await open()
  const { leader } = spinney.engine
  await spinney.close()
  return leader
})))
