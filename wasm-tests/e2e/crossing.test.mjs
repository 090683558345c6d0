// Habits that cross: what people paste, take back and delete while the page is open.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { file } from './lib/files.mjs'
import { newer } from './lib/newer.mjs'
import { Person } from './lib/person.mjs'
import { Relay } from './lib/relay.mjs'
import { folder } from './lib/place.mjs'
import { DIST, site } from './lib/site.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** How far somebody has come as a contact of a person. */
const standing = (person, of) =>
  person.api(async ({ spinney, of }) => (await spinney.contacts.list()).find(({ name }) => name === of)?.state, { of })

here.test('an invite is found in a whole message, and says whose it is', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.person('Ben')]
  const invite = await anna.invite()
  const { page } = ben
  await ben.add(`Add me: <${invite.slice(0, 70)}\n${invite.slice(70)}>.\nSent from my phone`, 'Anna is added.')
  await ben.contact('Anna').waitFor()
  // Two different ones are asked about.
  const [id, mine, carls] = [await anna.id(), await ben.id(), await (await here.person('Carl')).id()]
  await ben.go('people/paste')
  await page.getByLabel('Their invite or id').fill(`${id} or ${carls}?`)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByText('There is more than one in this. Which one?').waitFor()
  await page.getByRole('button', { name: 'The id of Anna' }).click()
  assert.equal(await page.getByLabel('Their invite or id').inputValue(), id)
  await ben.add(`my id: ${mine}, yours: ${id}`, 'You are friends already.')
  await page.goto(`${here.url}#/add/${id} ${carls}`)
  await page.getByText('There is more than one in this. Choose one of them.').waitFor()
  // An invite that is opened once more has its own sentence.
  await page.goto(await anna.invite())
  await page.getByRole('heading', { name: 'You and Anna are friends already.' }).waitFor()
  await page.goto(await ben.invite())
  await page.getByRole('heading', { name: 'This is your own invite.' }).waitFor()
})

here.test('an invite makes a friend of somebody who was declined, and declined people are found again', async () => {
  const [anna, ben, carl] = [await here.person('Anna'), await here.person('Ben'), await here.person('Carl')]
  const lasting = await anna.lasting()
  for (const person of [ben, carl]) {
    await person.add(lasting, 'Anna is asked.')
    await anna.request(person.name).waitFor()
    await anna.page.getByRole('button', { name: `Decline ${person.name}` }).click()
    await anna.page.locator('.notice').getByRole('button', { name: 'Close' }).click()
  }
  await anna.page.reload()
  await anna.unlock()
  await anna.go('people')
  await anna.page.getByText('Declined · 2').click()
  await anna.page.getByRole('button', { name: 'Accept Carl' }).click()
  await until(() => standing(carl, 'Anna'), 'mutual')
  await ben.page.goto(await anna.invite())
  await ben.page.getByRole('heading', { name: 'Anna invites you' }).waitFor()
  await ben.page.getByRole('button', { name: 'Add them' }).click()
  await until(() => standing(ben, 'Anna'), 'mutual')
  // A request that was taken back is there again at once.
  const dora = await here.person('Dora')
  await dora.add(lasting, 'Anna is asked.')
  await dora.visit('Anna')
  await dora.page.getByRole('button', { name: 'Cancel the request' }).click()
  await dora.hears('Your request to Anna is cancelled.')
  await dora.add(lasting, 'Anna is asked.')
  await dora.contact('Anna').waitFor()
})

here.test('a person who was taken off a share loses it when it is withdrawn', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Too early', files: [file('draft.txt', 'draft')], to: ['Ben'] })
  await anna.kept()
  await ben.openShare('Too early')
  const { page } = anna
  await page.getByText('Whom you remove can still open what is in it today.').waitFor()
  await page.getByRole('button', { name: 'Remove Ben from this share' }).click()
  await anna.settle('Ben can still open what is in this share today')
  await page.getByText('Ben was removed and can still open what was in it then.').waitFor()
  await page.getByRole('button', { name: 'Withdraw it' }).click()
  await anna.settle('taken back from everybody')
  // He looks at it.
  await ben.heading('This share is gone, or it is not for this profile.')
  await ben.page.getByText('It is not here any more.').waitFor()
  await ben.page.getByRole('main').getByRole('link', { name: 'Home' }).click()
  await ben.heading('Home')
  await ben.card('Too early').waitFor({ state: 'detached' })
})

here.test('recovery words come back as people write them, and an error names the word', async () => {
  const anna = await here.person('Anna')
  await anna.published()
  const { words } = anna
  const ben = await here.visitor('Ben')
  const { page } = ben
  await page.getByRole('button', { name: 'I have recovery words' }).click()
  const box = page.getByLabel('24 recovery words')
  assert.ok((await box.boundingBox()).height > 80, 'the box has four rows')
  await page.getByLabel('New passphrase for this browser').fill('a passphrase of Ben')
  const says = async (typed, text) => {
    await box.fill(typed)
    await page.getByRole('button', { name: 'Recover my profile' }).click()
    await page.getByText(text).waitFor()
  }
  await says(words.map((word, at) => (at === 10 ? `${word}x` : word)).join(' '), `Word 11 is not in the list. Did you mean ${words[10]}`)
  await says(words.slice(1).join(' '), 'These are 23 of 24 words: 1 is missing.')
  await says([words[1], words[0], ...words.slice(2)].join(' '), 'one is wrong, or two are swapped')
  const written = words.map((word, at) => `${at + 1}. ${word.slice(0, 4).toUpperCase()}\u200b,`).join('\n')
  await box.fill(written)
  await page.getByRole('button', { name: 'Recover my profile' }).click()
  await ben.heading('Home')

  await ben.lock()
  await page.getByRole('button', { name: 'I have recovery words' }).click()
  await page.getByLabel('New passphrase for this browser').fill('a passphrase of Ben')
  await says(written, 'It is in this browser already. Go back and open it.')
})

here.test('where the clipboard is refused, copying works another way or shows the text selected', async () => {
  const anna = await here.person('Anna')
  const errors = []
  anna.page.on('pageerror', error => errors.push(error.message))
  const invite = await anna.invite()
  await anna.myCode()
  const { page } = anna
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
    document.addEventListener('copy', () => (window.copied = document.getSelection().toString() || document.activeElement.value))
  })
  await page.getByRole('button', { name: 'Copy the invite link' }).click()
  await until(() => page.evaluate(() => window.copied), invite)
  await page.evaluate(() => (document.execCommand = () => false))
  await page.getByRole('button', { name: 'Copy the invite link' }).click()
  await page.getByText('The text is selected: copy it.').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), invite)
  assert.deepEqual(errors, [])
})

for (const [what, types] of [['all of it', 'all'], ['its databases', 'indexeddb']]) {
  here.test(`when the data of the site is deleted, ${what}, the page says so and saves nothing`, async () => {
    const anna = await here.person('Anna')
    await anna.published()
    const other = await anna.browser.tab(here.url)
    const debug = await anna.browser.context.newCDPSession(anna.page)
    await debug.send('Storage.clearDataForOrigin', { origin: new URL(here.url).origin, storageTypes: types })
    for (const page of [anna.page, other]) {
      await page.getByRole('heading', { name: 'What Spinney kept in this browser was deleted' }).waitFor()
    }
    await other.close()
    await anna.page.getByRole('button', { name: 'Start again' }).click()
    await anna.page.getByRole('button', { name: 'I have recovery words' }).click()
    await anna.page.getByLabel('24 recovery words').fill(anna.words.join(' '))
    await anna.page.getByLabel('New passphrase for this browser').fill(anna.passphrase)
    await anna.page.getByRole('button', { name: 'Recover my profile' }).click()
    await anna.heading('People')
  })
}

here.test('where the browser blocks cookies and other storage, the page says so and what to do', async () => {
  const profile = await folder('blocked')
  await mkdir(path.join(profile, 'Default'), { recursive: true })
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } }
  await writeFile(path.join(profile, 'Default/Preferences'), JSON.stringify(settings))
  const anna = await here.visitor('Anna', { profile })
  await anna.page.getByRole('heading', { name: 'Spinney could not start' }).waitFor()
  await anna.page.getByText('its settings block cookies or site data here').waitFor()
})

here.test('without the service worker or its files the page gets them again', async () => {
  const anna = await here.person('Anna')
  await anna.share({ title: 'A note', files: [file('a.txt', 'a')] })
  const debug = await anna.browser.context.newCDPSession(anna.page)
  const origin = new URL(here.url).origin
  await debug.send('Storage.clearDataForOrigin', { origin, storageTypes: 'cache_storage,service_workers' })
  await until(() => anna.page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)), true)
  await anna.page.reload()
  await anna.unlock()
  await anna.openShare('A note')
  assert.equal((await anna.saveFile('a.txt')).bytes.toString(), 'a')
})

for (const [clock, isMuch] of [['-3d', false], ['-400d', true], ['+400d', true]]) {
  here.test(`where the clock is wrong against a relay at ${clock}, the page says both times`, async () => {
    const relay = await Relay.start({ clock })
    const host = await site({ relays: [relay.address] })
    const people = []
    try {
      const anna = await Person.arrive('Anna', host.url)
      people.push(anna)
      await anna.makeProfile()
      const warning = anna.page.getByText(/^The clock of this device says .+ Your relay’s clock says /)
      await warning.waitFor()
      const year = new Date(Date.now() + (clock === '-3d' ? -3 : Number.parseInt(clock, 10)) * 86_400_000).getFullYear()
      assert.match(await warning.textContent(), new RegExp(`relay’s clock says [^.]*${year}`))
      await anna.page.getByText(isMuch ? 'your relay takes nothing from you' : 'what you share has a wrong time').waitFor()
      if (isMuch) return
      // Three days do no harm.
      const ben = await Person.arrive('Ben', host.url)
      people.push(ben)
      await ben.makeProfile()
      await ben.add(await anna.lasting(), 'Anna is asked.')
      await anna.request('Ben').waitFor()
      await anna.page.getByRole('button', { name: 'Accept Ben' }).click()
      await until(() => standing(ben, 'Anna'), 'mutual')
      await anna.share({ title: 'Later', files: [file('a.txt', 'a')], to: ['Ben'] })
      await anna.kept()
      await ben.openShare('Later')
    } finally {
      for (const person of people) await person.leave()
      await host.close()
      await relay.stop()
    }
  })
}

/**
 * Waits until a newer version is offered. A message that reaches the worker before while Chromium ends it starts it again.
 * Then Chromium waits until it was idle for 30 seconds, and never ends it while a program looks on, such as this one.
 */
async function offered({ browser, page }) {
  const offer = page.getByText('A new version of Spinney is here.')
  const debug = await browser.context.newCDPSession(page)
  await debug.send('ServiceWorker.enable')
  const isThere = () => offer.waitFor({ timeout: 10_000 }).then(() => true, () => false)
  await until(async () => {
    const offers = await isThere()
    if (!offers) await debug.send('ServiceWorker.stopAllWorkers')
    return offers
  }, true)
  await debug.detach()
}

here.test('a newer version offers a reload, which loses nothing that was typed or chosen', async () => {
  let dist = DIST
  const host = await site({ relays: [here.relay.address], dist: () => dist })
  const anna = await Person.arrive('Anna', host.url)
  const people = [anna]
  try {
    await anna.makeProfile()
    await anna.served()
    const { page } = anna
    await anna.compose({ title: 'Half done', note: 'a note', files: [file('a.txt', 'a'), file('b.txt', 'bb')] })
    // Who has opened nothing yet is offered it too.
    const guest = await Person.arrive('Guest', host.url)
    people.push(guest)
    await guest.served()
    dist = await newer(DIST)
    // A tab that is opened has the browser look for a newer version. It still shows the one that is kept.
    const other = await anna.browser.tab(host.url)
    await guest.browser.tab(host.url)
    await offered(guest)
    await Promise.all([guest.page.waitForEvent('load'), guest.page.getByRole('button', { name: 'Reload now' }).click()])
    await guest.page.getByRole('button', { name: 'New profile' }).waitFor()
    assert.equal(await guest.page.getByText('A new version of Spinney').count(), 0)

    await offered(anna)
    assert.equal(await page.getByLabel('Title').inputValue(), 'Half done')
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Reload now' }).click()])
    await anna.unlock()
    await anna.hears('What you typed and chose is back.')
    // The other tab is of the version before, and must not touch what the newer one writes.
    await other.getByText('A new version of Spinney runs in another tab. This tab goes on after a reload.').waitFor()
    await other.getByRole('button', { name: 'Reload now' }).click()
    await anna.heading('Home', other)
    await anna.go('share')
    assert.equal(await page.getByLabel('Title').inputValue(), 'Half done')
    await anna.sendOff('Half done')
    assert.deepEqual(await anna.files('Half done'), ['a.txt', 'b.txt'])
  } finally {
    for (const person of people) await person.leave()
    await host.close()
  }
})
