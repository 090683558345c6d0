// The page in other languages than English: chosen by the browser or by the person, at once and in every tab, from left to
// right and from right to left.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { file, jpeg } from './lib/files.mjs'
import { LANGUAGES, speak } from './lib/languages.mjs'
import { layout } from './lib/layout.mjs'
import { axeSource } from './lib/packages.mjs'
import { DESK, PHONE } from './lib/screens.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** The smallest window for which the page is made. */
const NARROW = { width: 320, height: 640 }
const TARGET = 44
/** German has words that are wider than a phone when the text is large. */
const LONG_WORD = 10

/** What two languages call what is used here, and what a person writes in them. */
const WORDS = {
  de: {
    locale: 'de-AT', dir: 'ltr', me: 'Jörg', newProfile: 'Neues Profil', name: 'Dein Name', passphrase: 'Passphrase', make: 'Profil erstellen',
    home: 'Start', shareView: 'Teilen', title: 'Titel', called: 'Bergtour', self: 'Privat', save: 'Privat speichern', open: 'Bergtour öffnen',
    settings: 'Einstellungen', language: 'Sprache', browsers: 'Wie im Browser', bio: 'Über dich', mine: 'Nur du', size: /\d kB/, next: 'Nächstes Bild',
  },
  ar: {
    locale: 'ar-EG', dir: 'rtl', me: 'ليلى', newProfile: 'ملف شخصي جديد', name: 'اسمك', passphrase: 'عبارة المرور', make: 'إنشاء ملفي الشخصي',
    home: 'الرئيسية', shareView: 'مشاركة', title: 'العنوان', called: 'رحلة الجبل', self: /^خاص/, save: 'حفظ لي وحدي', open: /^فتح .?رحلة الجبل.?$/,
    settings: 'الإعدادات', language: 'اللغة', browsers: 'لغة المتصفح', bio: 'نبذة عنك', mine: 'أنت وحدك', size: /[٠-٩]/, next: 'الصورة التالية',
  },
}

const shown = page => page.evaluate(() => {
  const { lang, dir } = document.documentElement
  return { lang, dir }
})
const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

for (const [tag, words] of Object.entries(WORDS)) {
  here.test(`who reads ${tag} makes a profile, shares, looks, and changes the language in place`, async () => {
    const person = await here.visitor(words.me, { locale: words.locale })
    const { page } = person
    await press(page, words.newProfile)
    assert.deepEqual(await shown(page), { lang: words.locale, dir: words.dir })
    await page.getByLabel(words.name).fill(words.me)
    await page.getByLabel(words.passphrase, { exact: true }).fill(person.passphrase)
    await press(page, words.make)
    await heading(page, words.home)

    await page.getByRole('link', { name: words.shareView, exact: true }).click()
    await heading(page, words.shareView)
    const pictures = []
    for (const name of ['1.jpg', '2.jpg', '3.jpg']) pictures.push(file(name, await jpeg(page, { place: false }), 'image/jpeg'))
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(pictures)
    await page.getByLabel(words.title).fill(words.called)
    await page.getByRole('radio', { name: words.self }).check({ force: true })
    await press(page, words.save)
    await page.waitForURL(/#\/v\//)
    await heading(page, words.called)
    await page.locator('main').getByText(words.size).first().waitFor()
    await page.getByText(words.mine, { exact: true }).first().waitFor()

    // The arrow that points on goes on, in languages of both directions.
    await page.locator('.gallery a').first().click()
    const viewer = page.locator('dialog.viewer')
    await viewer.getByRole('img', { name: '1.jpg' }).waitFor()
    const [box, next] = [await viewer.boundingBox(), await viewer.getByRole('button', { name: words.next }).boundingBox()]
    const isRight = next.x > box.x + box.width / 2
    assert.equal(isRight, words.dir === 'ltr')
    await page.keyboard.press(isRight ? 'ArrowRight' : 'ArrowLeft')
    await viewer.getByRole('img', { name: '2.jpg' }).waitFor()
    await page.keyboard.press('Escape')
    await viewer.waitFor({ state: 'detached' })

    await page.getByRole('link', { name: words.home, exact: true }).click()
    await page.getByRole('link', { name: words.open }).waitFor()
    const other = await person.browser.tab(person.url)
    await heading(other, words.home)

    await person.go('settings')
    await heading(page, words.settings)
    await page.getByLabel(words.bio).fill('مرحبا, hallo')
    await page.getByLabel(words.language, { exact: true }).selectOption('Français')
    await heading(page, 'Réglages')
    assert.deepEqual(await shown(page), { lang: 'fr', dir: 'ltr' })
    // Nothing was reloaded or locked: what was typed is there, and the other tab speaks French too.
    assert.equal(await page.getByLabel('À propos de toi').inputValue(), 'مرحبا, hallo')
    await heading(other, 'Accueil')
    await page.reload()
    await heading(page, 'Réglages')
    await page.getByLabel('Langue', { exact: true }).selectOption('Celle du navigateur')
    await heading(page, words.settings)
    await heading(other, words.home)
    assert.deepEqual(await shown(page), { lang: words.locale, dir: words.dir })
  })
}

here.test('who cannot read the language of the browser finds another one on the first screen', async () => {
  const { page } = await here.visitor('Anna', { locale: 'ja' })
  await heading(page, 'Share pictures with exactly the friends you choose')
  // Each name is in its own language.
  await page.getByLabel('Language').selectOption('Deutsch')
  await page.getByRole('button', { name: 'Neues Profil' }).waitFor()
  assert.deepEqual(await shown(page), { lang: 'de', dir: 'ltr' })
  await page.reload()
  await page.getByRole('button', { name: 'Neues Profil' }).waitFor()
})

here.test('a reader of English loads no other language, and who reads another one has it without a line next time', async () => {
  const { page } = await here.visitor('Anna')
  const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).filter(name => /\/assets\/(ar|de|es|fr)-/.test(name)))
  await page.waitForFunction(() => navigator.serviceWorker.controller)
  assert.deepEqual(await loaded(), [])
  await page.getByLabel('Language').selectOption('Deutsch')
  await page.getByRole('button', { name: 'Neues Profil' }).waitFor()
  assert.equal((await loaded()).length, 1)
  await page.context().setOffline(true)
  await page.reload()
  await page.getByRole('button', { name: 'Neues Profil' }).waitFor()
})

here.test('a language that cannot be loaded is said plainly, and English goes on', async () => {
  const person = await here.visitor('Anna')
  const { page } = person
  await page.context().route('**/assets/de-*.js', route => route.abort())
  await page.getByLabel('Language').selectOption('Deutsch')
  await person.hears('Deutsch could not be loaded')
  await page.getByRole('button', { name: 'New profile' }).waitFor()
  assert.equal(await page.getByLabel('Language').inputValue(), '')
  await page.context().unroute('**/assets/de-*.js')
})

/** Where a person spends time. The words that are waited for are in no language. */
const SCREENS = {
  home: ['', '.share-card'],
  people: ['people', '.people .person'],
  'an invite': ['people/invite', '.my-code input'],
  composer: ['share', '.compose, .choose, form'],
  transfers: ['transfers', 'h1'],
  links: ['links', 'h1'],
  words: ['words', 'h1'],
  settings: ['settings', '.my-code, .columns'],
}

here.test('in five languages nothing is out of the way of eyes, hands and screen readers on the smallest screens', async () => {
  const axe = await readFile(axeSource(), 'utf8')
  const [anna, ben] = await here.friends('Anna', 'بن')
  const { page } = anna
  const pictures = [file('IMG_2040.jpg', await jpeg(page, { place: false }), 'image/jpeg')]
  await ben.share({ title: 'صور من البحر', note: 'A note,\nin two lines.', files: [...pictures, file('b.txt', 'b')], to: ['Anna'] })
  await ben.kept()
  await anna.share({ title: 'To a friend', files: pictures, to: ['بن'] })
  await anna.kept()
  await anna.openShare('صور من البحر')
  await page.locator('.gallery img.thumb').first().waitFor()
  const address = await page.evaluate(() => location.hash.slice(2))
  const wrong = []
  const look = async (name, page) => {
    await page.evaluate(axe)
    for (const language of LANGUAGES) {
      await speak(page, language)
      await page.setViewportSize(NARROW)
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const found = await page.evaluate(async () => {
          const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
          const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
          return bad.flatMap(({ id, help, nodes }) => nodes.map(({ html, any }) => `${id} (${help}): ${html} ${any.map(({ message }) => message)}`))
        })
        wrong.push(...found.map(line => `${name}, ${language}, ${colorScheme}: ${line}`))
      }
      for (const [viewport, size] of [[NARROW, '100%'], [PHONE, '200%']]) {
        await page.setViewportSize(viewport)
        const found = await page.evaluate(layout, { size, target: TARGET, long: LONG_WORD })
        wrong.push(...found.map(line => `${name}, ${language}, text at ${size}: ${line}`))
      }
    }
    await speak(page, 'en')
    await page.setViewportSize(DESK)
  }
  for (const [name, [view, there]] of Object.entries({ ...SCREENS, share: [address, '.gallery img.thumb'] })) {
    await anna.go(view)
    await page.locator(there).first().waitFor()
    await page.evaluate(() => document.querySelectorAll('main details').forEach(details => (details.open = true)))
    await look(name, page)
  }
  await page.getByRole('link', { name: 'Open IMG_2040.jpg' }).click()
  await page.locator('figure[data-state=here]').waitFor()
  await look('viewer', page)
  await page.keyboard.press('Escape')
  // Closing goes back by a step of the history, which would undo the next one.
  await page.locator('dialog.viewer').waitFor({ state: 'detached' })
  await anna.lock()
  await look('locked', page)
  const guest = await here.visitor('Guest')
  await look('first visit', guest.page)
  await press(guest.page, 'New profile')
  await look('a new profile', guest.page)
  assert.deepEqual(wrong, [])
}, { timeout: 900_000 })
