// 1. A profile: made, shown, kept under its passphrase, and brought back by its words.
import assert from 'node:assert/strict'
import { file, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('a new profile makes invites for one friend each, and has a code for everybody, to be copied and scanned', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const links = [await anna.invite(), await anna.invite(), await anna.lasting()]
  assert.equal(new Set(links).size, 3)
  await anna.myCode()
  for (const [link, kind, copyIt, code] of [
    [links[1], 'For one friend', 'Copy the invite link', 'Invite for one friend as a QR code'],
    [links[2], 'Permanent', 'Copy my permanent link', 'My permanent code as a QR code'],
  ]) {
    await page.getByRole('button', { name: kind, exact: true }).click()
    assert.ok(link.startsWith(`${here.url}#/add/`), link)
    const copy = page.getByRole('button', { name: copyIt })
    await Promise.all([copy.getByText('Copied').waitFor(), copy.click()])
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link)
    await page.getByRole('img', { name: code }).waitFor()
  }
  assert.match(await anna.id(), /^k51[0-9a-z]{59}$/)
})

here.test('a passphrase is judged while it is typed, can be read, and is proposed by one press', async () => {
  const { page } = await here.visitor('Anna')
  await page.getByRole('button', { name: 'New profile' }).click()
  await page.getByLabel('Your name').fill('Anna')
  await page.getByLabel('Passphrase', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Make my profile' }).click()
  await page.getByText('A passphrase has at least 8 characters.').waitFor()
  await page.getByLabel('Passphrase', { exact: true }).fill('password')
  await page.getByText('Very easy to guess').waitFor()
  await page.getByLabel('Passphrase', { exact: true }).fill('lantern gravel mistake otter nine')
  await page.getByText('Very good').waitFor()
  const field = page.getByLabel('Passphrase', { exact: true })
  assert.equal(await field.getAttribute('type'), 'password')
  await page.getByRole('button', { name: 'Show Passphrase' }).click()
  assert.equal(await field.getAttribute('type'), 'text')
  await page.getByRole('button', { name: 'Hide Passphrase' }).click()
  for (const weak of ['password', 'Anna Anna', 'correct horse battery staple']) {
    await page.getByLabel('Passphrase', { exact: true }).fill(weak)
    await page.getByRole('button', { name: 'Make my profile' }).click()
    await page.getByText('This passphrase is guessed at once.').waitFor()
  }
  await page.getByRole('button', { name: 'Propose five words' }).click()
  await page.getByText('Very good').waitFor()
  assert.equal(await field.getAttribute('type'), 'text')
  assert.match(await field.inputValue(), /^([a-z]+ ){4}[a-z]+$/)
  await page.getByRole('button', { name: 'Make my profile' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
})

here.test('the 24 words are asked for until they are confirmed', async () => {
  const anna = await here.person('Anna')
  const { page, words } = anna
  await page.getByText('Your recovery words are not confirmed yet.').waitFor()
  await page.reload()
  await anna.unlock()
  await page.getByRole('link', { name: 'Do it now' }).click()
  await page.getByLabel('Passphrase, to show the words').fill(anna.passphrase)
  await page.getByRole('button', { name: 'Show my recovery words' }).click()
  await page.locator('ol.words li').last().waitFor()
  assert.deepEqual(await page.locator('ol.words li').allTextContents(), words)
  await page.getByRole('button', { name: 'I have written them down' }).click()
  for (let i = 0; i < 3; i++) {
    const question = page.getByRole('heading', { level: 2, name: /^Word number/ })
    const number = Number((await question.textContent()).match(/\d+/)[0])
    if (i === 0) {
      await page.locator('.choices').getByRole('button').filter({ hasNotText: words[number - 1] }).first().click()
      await page.getByText(`That is not word number ${number}. Look at your paper again.`).waitFor()
    }
    await page.locator('.choices').getByRole('button', { name: words[number - 1], exact: true }).click()
    // The next question, or the first view.
    await page.waitForFunction(asked => document.querySelector('h2')?.textContent !== asked, `Word number ${number}`)
  }
  await anna.heading('Home')
  assert.equal(await page.getByText('Your recovery words are not confirmed yet.').count(), 0)
})

here.test('several profiles live in one browser, each under its own passphrase', async () => {
  const anna = await here.person('Anna')
  await anna.lock()
  const first = anna.passphrase
  Object.assign(anna, { name: 'Paul', passphrase: `${first}, another` })
  await anna.makeProfile()
  await anna.lock()
  const { page } = anna
  for (const [name, passphrase] of [['Anna', first], ['Paul', anna.passphrase]]) {
    await page.locator('.profiles').getByRole('button', { name }).click()
    anna.name = name
    await anna.unlock(passphrase)
    await anna.heading('Home')
    await anna.go('settings')
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), name)
    await anna.lock()
  }
})

here.test('who stays signed in is in after a reload and a restart of the browser, until they lock', async () => {
  const anna = await here.person('Anna')
  await anna.share({ title: 'Still here', files: [file('a.txt', 'a')] })
  await anna.lock()
  await anna.staySignedIn()
  await anna.unlock()
  await anna.heading('Home')
  await anna.page.reload()
  await anna.openShare('Still here')
  assert.equal((await anna.saveFile('a.txt')).bytes.toString(), 'a')
  await anna.leave()
  await anna.browser.reopen()
  anna.page = await anna.browser.tab(here.url)
  await anna.openShare('Still here')

  await anna.lock()
  await anna.asksForPassphrase()
  await anna.page.reload()
  await anna.asksForPassphrase()
  // The box is not ticked any more, so a reload locks.
  await anna.unlock()
  await anna.heading('Home')
  await anna.page.reload()
  await anna.asksForPassphrase()
})

here.test('who stays signed in is asked for the passphrase where the browser has lost its key', async () => {
  const anna = await here.person('Anna')
  await anna.lock()
  await anna.staySignedIn()
  await anna.unlock()
  await anna.heading('Home')
  await anna.page.evaluate(() => new Promise((resolve, reject) => {
    const deletion = indexedDB.deleteDatabase('spinney/seal')
    deletion.onsuccess = resolve
    deletion.onerror = deletion.onblocked = reject
  }))
  await anna.page.reload()
  await anna.asksForPassphrase()
  await anna.unlock()
  await anna.heading('Home')
})

here.test('with the words, profile, contacts and shares come back in a fresh browser', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const text = Buffer.from('what Anna wrote down')
  const files = await write(await folder('recovery'), { 'diary.txt': text })
  await anna.share({ title: 'Put away in spring', files })
  await anna.kept()
  const id = await anna.id()
  await anna.leave()
  await ben.leave()

  const again = await here.visitor('Anna')
  const { page } = again
  await page.getByRole('button', { name: 'I have recovery words' }).click()
  await page.getByLabel('24 recovery words').fill(anna.words.join(' '))
  await page.getByLabel('New passphrase for this browser').fill(again.passphrase)
  await page.getByRole('button', { name: 'Recover my profile' }).click()
  await again.heading('Home')
  // How old it is, since relays could have given an older one.
  const found = page.locator('.banner').filter({ hasText: 'Your profile is back as it was on' })
  await found.getByText('All your relays agree.').waitFor()
  await found.getByRole('button', { name: 'Good' }).click()
  await found.waitFor({ state: 'detached' })
  await again.openShare('Put away in spring')
  assert.deepEqual((await again.saveFile('diary.txt')).bytes, text)
  await again.go('people')
  await again.contact('Ben').waitFor()
  assert.equal(await again.id(), id)
})

here.test('a profile locks by itself after the time that was chosen, and not while it is used', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await page.clock.install()
  await page.reload()
  await anna.unlock()
  await anna.go('settings')
  await page.getByText('After 5 minutes').click()
  await page.clock.fastForward('04:00')
  await page.keyboard.press('Tab')
  await page.clock.fastForward('04:00')
  await anna.heading('Settings')
  await page.clock.fastForward('01:10')
  await anna.asksForPassphrase()
  await anna.unlock()
  await anna.go('settings')
  assert.ok(await page.getByLabel('After 5 minutes').isChecked())
})

here.test('coming back is tried beforehand, and what is wrong with a relay is said', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await anna.share({ title: 'Lake', files: [file('a.txt', 'a')] })
  await anna.kept()
  await anna.go('settings')
  const part = page.getByRole('region', { name: 'Coming back' })
  const button = part.getByRole('button', { name: 'Try coming back' })
  assert.equal(await part.getByText('You could come back from').count(), 0, 'it was never tried')
  await until(async () => {
    await button.click()
    await until(() => button.isEnabled(), true)
    return part.getByText(/^You could come back from: .+ \(checked just now\)\.$/).count()
  }, 1)

  await here.relay.stop()
  try {
    await button.click()
    await part.getByText(/did not answer\. Try again later\.$/).waitFor()
    assert.equal(await part.getByText('You could come back from').count(), 0)
  } finally {
    await here.relay.restart()
  }
  // When it passed last is known, also after a reload.
  await page.reload()
  await anna.unlock()
  await anna.go('settings')
  await part.getByText(/^You could come back from: .+ \(checked .+\)\.$/).waitFor()
})
