// What the page promises to eyes, hands and screen readers: on every screen, in both themes, on a phone and a
// desktop.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { axeSource } from './lib/packages.mjs'
import { file, jpeg } from './lib/files.mjs'
import { layout } from './lib/layout.mjs'
import { comesTo, DESK, everyScreen, PHONE } from './lib/screens.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** The smallest target that a finger hits, in CSS pixels. */
const TARGET = 44
/** After so many tabs, an element counts as not reachable by keyboard. */
const TABS = 80

here.test('axe finds nothing serious on any screen, in either theme, on a phone and on a desk', async () => {
  const axe = await readFile(axeSource(), 'utf8')
  const wrong = []
  await everyScreen(here, async (name, page) => {
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
  await everyScreen(here, async (name, page) => {
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
    // What is shown of a card is what it stays, but for the lines of what is under way: they make the rows beside it higher.
    const measure = () => {
      if (document.querySelector('.share-card progress')) return
      for (const card of document.querySelectorAll('.share-card')) {
        if (getComputedStyle(card).visibility === 'hidden') continue
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
