// What the page promises to eyes, hands and screen readers: on every screen, in both themes, on a phone and a
// desktop.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { Authenticator } from './lib/authenticator.mjs'
import { axeSource } from './lib/packages.mjs'
import { file, jpeg, noise } from './lib/files.mjs'
import { layout } from './lib/layout.mjs'
import { friends, Person } from './lib/person.mjs'
import { site } from './lib/site.mjs'
import { world } from './lib/world.mjs'

const here = world()

const PHONE = { width: 390, height: 844 }
const DESK = { width: 1280, height: 800 }
/** The smallest target that a finger hits, in CSS pixels. */
const TARGET = 44
/** After so many tabs, an element counts as not reachable by keyboard. */
const TABS = 80

here.test('axe finds nothing serious on any screen, in either theme, on a phone and on a desk', async () => {
  const axe = await readFile(axeSource(), 'utf8')
  const wrong = []
  await everyScreen(async (name, page) => {
    await page.evaluate(axe)
    for (const viewport of [PHONE, DESK]) {
      await page.setViewportSize(viewport)
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const found = await page.evaluate(async () => {
          const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
          const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
          return bad.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) => `${id} (${help}): ${html} ${any.map(({ message }) => message)}`))
        })
        wrong.push(...found.map(line => `${name}, ${colorScheme}, ${viewport.width} wide: ${line}`))
      }
    }
  })
  assert.deepEqual(wrong, [])
}, { timeout: 600_000 })

here.test('text of twice the size neither overlaps nor runs off a phone, and every button stays large enough for a finger', async () => {
  const wrong = []
  await everyScreen(async (name, page) => {
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    for (const size of ['100%', '200%']) {
      const found = await page.evaluate(layout, { size, target: TARGET })
      wrong.push(...found.map(line => `${name}, text at ${size}: ${line}`))
    }
  })
  assert.deepEqual(wrong, [])
}, { timeout: 600_000 })

here.test('the keyboard alone makes a profile, adds a friend, shares, and looks through pictures', async () => {
  const ben = await here.person('Ben')
  await ben.connected()
  const invite = await ben.invite()
  const anna = await here.visitor('Anna')
  const { page } = anna
  const keys = await keyboard(page)

  await keys.press('New profile')
  await keys.type('Your name', 'Anna')
  await keys.type('Passphrase', anna.passphrase)
  await page.keyboard.press('Enter')
  await comesTo(anna, 'Home')

  await keys.press('People')
  await comesTo(anna, 'People')
  await keys.press('Add a friend')
  // From the first tab to the last one.
  await keys.press('My code', 'ArrowLeft')
  await keys.type('Their invite or id', invite)
  await page.keyboard.press('Enter')
  await anna.contact('Ben').waitFor()

  await page.locator('h1').focus()
  await page.keyboard.press('n')
  await comesTo(anna, 'Share')
  const pictures = ['one', 'two', 'three'].map(name => `${name}.jpg`)
  const files = []
  for (const name of pictures) files.push(file(name, await jpeg(page, { place: false }), 'image/jpeg'))
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), keys.press('Choose files')])
  await chooser.setFiles(files)
  await keys.type('Title', 'By hand')
  await keys.press('Ben', 'Space')
  await keys.press('Share with 1 person')
  // While it is being sealed, the heading is the title too.
  await page.waitForURL(/#\/v\//)
  await comesTo(anna, 'By hand')

  await keys.press('Open two.jpg')
  const shown = page.locator('dialog.viewer')
  const picture = name => shown.getByRole('img', { name, exact: true }).waitFor()
  await picture('two.jpg')
  // The list is sorted by name.
  await page.keyboard.press('ArrowLeft')
  await picture('three.jpg')
  await page.keyboard.press('ArrowLeft')
  await picture('one.jpg')
  await page.keyboard.press('ArrowRight')
  await picture('three.jpg')
  await page.keyboard.press('Escape')
  await shown.waitFor({ state: 'detached' })
  // Back at the place before.
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Open three.jpg')

  await keys.press('Home')
  await comesTo(anna, 'Home')
  await anna.card('By hand').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('nothing like it')
  await page.getByText('Nothing matches “nothing like it”.').waitFor()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type('hand')
  await anna.card('By hand').waitFor()
})

here.test('the page is kept for the next start without the dictionary that only a new passphrase needs', async () => {
  const { page } = await here.visitor('Anna')
  const kept = () => page.evaluate(async () => {
    const names = (await caches.keys()).filter(name => name.startsWith('spinney-shell-'))
    const requests = await Promise.all(names.map(async name => (await caches.open(name)).keys()))
    return requests.flat().map(({ url }) => url)
  })
  await page.waitForFunction(() => navigator.serviceWorker.controller)
  const urls = await kept()
  for (const name of ['.wasm', 'spinney.js', 'config.json']) assert.ok(urls.some(url => url.endsWith(name)), `${name} of ${urls}`)
  const [asked] = await Promise.all([
    page.waitForRequest(request => request.url().includes('/strength')),
    page.getByRole('button', { name: 'New profile' }).click().then(() => page.getByLabel('Passphrase', { exact: true }).fill('lantern')),
  ])
  assert.ok(!urls.includes(asked.url()))
})

here.test('on the card of a new share nothing moves away from under a finger once its files are known', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await ben.go('')
  await ben.page.evaluate(() => {
    window.places = {}
    // What is shown of a card is what it stays, but for the lines of what is under way.
    const measure = () => {
      for (const card of document.querySelectorAll('.share-card')) {
        if (getComputedStyle(card).visibility === 'hidden' || card.querySelector('progress')) continue
        const box = card.getBoundingClientRect()
        const title = card.querySelector('h2')
        const at = title.getBoundingClientRect()
        const places = (window.places[title.textContent] ??= [])
        const place = [at.left - box.left, at.top - box.top, box.height].map(Math.round).join()
        if (places.at(-1) !== place) places.push(place)
      }
    }
    new MutationObserver(measure).observe(document.body, { childList: true, subtree: true, attributes: true })
  })
  const texts = [1, 2, 3, 4].map(i => file(`${i}.txt`, 'text'))
  const pictures = []
  for (const i of [1, 2, 3]) pictures.push(file(`${i}.jpg`, await jpeg(anna.page), 'image/jpeg'))
  for (const [title, files] of Object.entries({ Text: texts.slice(0, 1), Texts: texts, Pictures: pictures, Both: [...texts, ...pictures] })) {
    await anna.share({ title, files, to: ['Ben'] })
    await ben.card(title).locator('.mosaic img, .kind').first().waitFor()
    const places = (await ben.page.evaluate(() => window.places))[title]
    assert.equal(places.length, 1, `${title}: ${places}`)
  }
})

here.test('who asks for less motion gets none', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  const picture = file('a.jpg', await jpeg(page), 'image/jpeg')
  await page.evaluate(() => {
    window.moved = 0
    for (const type of ['animationstart', 'transitionrun']) addEventListener(type, () => (window.moved += 1), true)
  })
  await anna.share({ title: 'Still', files: [picture] })
  await page.locator('.gallery img.thumb').waitFor()
  // Otherwise the next line would prove nothing.
  await page.waitForFunction(() => window.moved > 0)
  await page.emulateMedia({ reducedMotion: 'reduce' })
  // What started earlier is reported in the next frame.
  await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await page.evaluate(() => (window.moved = 0))
  await anna.share({ title: 'Stiller', files: [picture] })
  await page.locator('.gallery img.thumb').waitFor()
  await page.getByRole('button', { name: /^Save all/ }).hover()
  await anna.go('')
  await anna.card('Stiller').locator('img.thumb').waitFor()
  assert.equal(await page.evaluate(() => window.moved), 0)
})

/**
 * Leads somebody new to every screen, and calls `look(name, page)` at each.
 *
 * What is seen along the way is asserted by the tests of what it does; here it only has to be there.
 */
async function everyScreen(look) {
  const anna = await here.visitor('Anna')
  const { page } = anna
  const at = async name => {
    await look(name, page)
    await page.setViewportSize(DESK)
  }
  const button = name => page.getByRole('button', { name, exact: true })

  await button('New profile').waitFor()
  await at('first visit')
  const zoe = await here.visitor('Zoe')
  const press = name => zoe.page.getByRole('button', { name, exact: true }).click()
  await zoe.page.locator('.send-first input[type=file]').first().setInputFiles([file('a.txt', 'a'), file('b.txt', 'b')])
  await look('files chosen on a first visit', zoe.page)
  await press('Get a link')
  await zoe.heading('Your link is ready')
  await press('Copy link')
  await look('the link of a first share', zoe.page)
  await press('Choose a name and a passphrase')
  await zoe.page.getByLabel('Your name').waitFor()
  await look('a name for who has sent first', zoe.page)
  await press('Go to what I shared')
  await zoe.go('settings')
  await zoe.heading('Settings')
  await look('settings without a name', zoe.page)
  await button('New profile').click()
  await page.getByLabel('Passphrase', { exact: true }).fill('password')
  await page.getByText('Very easy to guess').waitFor()
  await button('Make my profile').click()
  await page.getByText('Type a name first.').waitFor()
  await at('a new profile, refused')
  await button('Back').click()
  await button('New profile').click()
  await page.getByLabel('Your name').fill('Anna')
  await page.getByLabel('Passphrase', { exact: true }).fill(anna.passphrase)
  await button('Make my profile').click()
  await anna.heading('Home')
  await anna.showWords()
  await at('the words')
  await button('I have written them down').click()
  await page.getByRole('heading', { name: /^Word number/ }).waitFor()
  await at('the words, asked for')
  await button('Show the words again').click()
  await button('Remind me later').click()
  await anna.heading('Home')
  await at('an empty home')
  for (const [view, heading] of [['people', 'People'], ['share', 'Share'], ['transfers', 'Transfers'], ['words', 'Your 24 recovery words']]) {
    await anna.go(view)
    await anna.heading(heading)
    await at(`${view}, empty`)
  }

  const ben = await here.person('A friend whose name is as long as names become 12345678')
  await friends([anna, ben])
  const carl = await here.person('Carl')
  await carl.go('people/paste')
  await carl.page.getByLabel('Their invite or id').fill(await anna.lasting())
  await carl.page.getByLabel('A few words for them').fill('We met at the lake, where you took the picture of the heron.')
  await carl.page.getByRole('button', { name: 'Add', exact: true }).click()
  await anna.request('Carl').waitFor()
  await at('people, with a request')
  await anna.invite()
  await anna.myCode()
  await at('an invite')
  await button('Permanent').click()
  await at('the permanent code')
  await anna.add('hello', 'This is neither an id nor an invite.')
  await at('an id that was refused')
  await page.getByRole('tab', { name: 'Scan' }).click()
  await page.getByText('There is no camera here.').waitFor()
  await at('a scan without a camera')
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
  await anna.go(`add/${'x'.repeat(200)}`)
  await button('Add them').click()
  await page.getByText('A part of this invite or link is missing or changed.').waitFor()
  await at('an invite that was opened, refused')
  await button('Not now').click()

  await anna.visit('A friend')
  await page.getByLabel('A new circle').fill('people with whom one goes climbing on a Sunday')
  await button('Add').click()
  await page.getByRole('button', { pressed: true }).waitFor()
  await page.locator('main summary').click()
  await page.getByRole('button', { name: /^Rename/ }).click()
  await at('a person, being renamed')
  await button('Compare the words').click()
  await page.locator('.words li').nth(11).waitFor()
  await at('the words of both')
  await button('They do not match').click()
  await at('words that do not match')
  await page.keyboard.press('Escape')
  await button('Compare the words').click()
  await button('They match').click()
  await page.getByText(/^Words compared just now/).waitFor()
  await anna.go('people')
  await anna.contact('A friend').getByText('Words compared').waitFor()
  await page.getByRole('button', { name: 'Accept Carl' }).click()
  // Otherwise this would replace the notice that is checked next.
  await anna.hears('Carl is added.')
  await anna.visit('Carl')
  await page.locator('main summary').click()
  await page.getByRole('button', { name: 'Block Carl' }).click()
  await anna.go('people')
  await comesTo(anna, 'People')
  await page.getByText('Blocked · 1').click()
  // It stays while the person is about to use it.
  await button('Undo').focus()
  await at('people, one of them blocked')
  await button('Undo').click()
  await anna.contact('Carl').waitFor()

  const pictures = []
  for (let i = 0; i < 7; i++) pictures.push(file(`IMG_${2040 + i}.jpg`, await jpeg(page, { width: 160, height: 120, place: false }), 'image/jpeg'))
  const others = [file('a rather long name of something that is no picture at all.pdf', noise(5_000)), file('b.txt', 'b')]
  await ben.share({ title: 'From a friend', note: 'A note,\nin two lines.', files: [...pictures, ...others], to: ['Anna'] })
  await ben.kept()
  await anna.openShare('From a friend')
  await page.locator('.gallery img.thumb').first().waitFor()
  await page.locator('main summary').click()
  await button('Pass it on').click()
  await at('a share received')
  await page.getByRole('link', { name: 'Open IMG_2043.jpg' }).click()
  await page.locator('figure[data-state=here]').waitFor()
  await at('the viewer')
  await page.keyboard.press('Escape')
  await page.locator('dialog.viewer').waitFor({ state: 'detached' })

  await anna.compose({ title: 'To a friend', note: 'A few words', files: [...pictures, file('a\\b.txt', 'b')], to: ['A friend'] })
  await page.locator('.tiles img.thumb').nth(3).waitFor()
  await page.getByLabel('Title').fill('x'.repeat(201))
  await anna.send.click()
  await page.getByText('A title has at most 200 characters.').waitFor()
  await at('a share put together, refused')
  const way = name => page.getByRole('radio', { name }).check({ force: true })
  await way('Everybody')
  await at('a share put together, for everybody')
  await way('Anyone with a link')
  await anna.options()
  await page.getByLabel('Password (optional)').fill('summer')
  await page.getByLabel('Last day (optional)').fill('2199-05-03')
  await page.getByText('easy to guess').waitFor()
  await at('a share put together, by link')
  await way('People you choose')
  await page.getByLabel('Title').fill('To a friend')
  await anna.sendOff('To a friend')
  await anna.kept()
  for (const name of ['Add files', 'Add people']) if (await button(name).count()) await button(name).click()
  await at('a share of mine')
  await anna.share({ title: 'By link', files: pictures.slice(0, 2), way: 'Anyone with a link' })
  await anna.link('By link')
  await at('a share by link')
  await anna.go('links')
  await anna.heading('Links')
  await anna.link('By link')
  await at('links')
  await anna.go('')
  await anna.card('From a friend').waitFor()
  await at('home')

  await here.relay.kill()
  await anna.share({ title: 'Waiting', files: pictures.slice(0, 1), to: ['A friend'] })
  await page.getByText('Connecting to your relay…').waitFor()
  await at('a share that waits')
  await anna.go('transfers')
  await anna.heading('Transfers')
  await at('transfers')
  await anna.go('settings')
  await anna.heading('Settings')
  for (const details of await page.locator('main summary').all()) await details.click()
  await Authenticator.of(page)
  await anna.addPasskey()
  await anna.hears('The passkey is added.')
  await at('settings')
  await here.relay.restart()

  await anna.openShare('To a friend')
  await page.locator('main summary').click()
  await button('Remove: friends cannot get it any more').click()
  await comesTo(anna, 'Home')
  // It stays while the person is about to use it.
  await button('Undo').focus()
  await at('a notice')
  await button('Undo').click()

  await anna.lock()
  await button('Unlock with a passkey').waitFor()
  await anna.unlock('wrong')
  await page.getByText('That is not the passphrase.').waitFor()
  await at('a wrong passphrase')
  await button('I have recovery words').click()
  await page.getByLabel('24 recovery words').fill('one two three')
  await button('Recover my profile').click()
  await page.getByText('These are 3 of 24 words').waitFor()
  await at('recovery, refused')
  await button('Back').click()
  anna.name = 'Paul'
  await anna.makeProfile()
  await anna.lock()
  await page.locator('.profiles').getByRole('button', { name: 'Paul' }).waitFor()
  await at('two profiles')

  const gateway = await site({ relays: [], at: '/ipfs/bafy/' })
  const guest = await Person.arrive('Guest', gateway.url)
  try {
    await guest.heading('Not at this address')
    await look('a shared gateway', guest.page)
  } finally {
    await guest.leave()
    await gateway.close()
  }
}

/** Waits until a view is open. It takes the focus, which a person who went on earlier would lose. */
async function comesTo(person, name) {
  await person.heading(name)
  await person.page.waitForFunction(() => document.activeElement?.matches('h1'))
}

/** A person at a keyboard: presses Tab until the wanted element has the focus, visibly. */
async function keyboard(page) {
  await page.evaluate(() => {
    // What a screen reader says, as far as the page names its elements.
    window.nameOf = element => {
      const said = (element.labels?.[0] ?? element).cloneNode(true)
      for (const hidden of said.querySelectorAll('[aria-hidden]')) hidden.remove()
      return (element.getAttribute('aria-label') ?? said.textContent).trim()
    }
  })
  const focused = () => page.evaluate(() => {
    const { activeElement: at } = document
    const outlined = element => element && getComputedStyle(element).outlineStyle !== 'none'
    return { name: at === document.body ? '(the window)' : window.nameOf(at), seen: outlined(at) || outlined(at.closest('label')) }
  })
  const appears = name => page.waitForFunction(
    name => [...document.querySelectorAll('a, button, input, textarea')].some(element => window.nameOf(element) === name), name,
  )
  const find = async name => {
    await appears(name)
    const passed = []
    for (let i = 0; i < TABS; i++) {
      await page.keyboard.press('Tab')
      const at = await focused()
      passed.push(at.name)
      if (at.name !== name) continue
      assert.ok(at.seen, `${name} has the focus, which cannot be seen`)
      return
    }
    assert.fail(`Tab does not reach ${name}, but ${passed.join(', ')}`)
  }
  return {
    async press(name, key = 'Enter') {
      await find(name)
      await page.keyboard.press(key)
    },
    async type(name, text) {
      await find(name)
      await page.keyboard.type(text)
    },
  }
}
