// A person whose browser is Firefox, with as many actions as its tests need.
//
// Playwright drives only a Firefox of its own build. Puppeteer drives the ordinary one, by WebDriver BiDi.
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { keepNotices, PATIENCE as OF_CHROMIUM } from './browser.mjs'
import { puppeteer } from './packages.mjs'
import { Person } from './person.mjs'
import { folder } from './place.mjs'
import { until } from './until.mjs'

/** Settings that let it reach others on this machine directly. */
const DIRECT = {
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
}

/** Longer than anything takes here. Firefox optimises the whole wasm while the first page starts. */
const PATIENCE = 2 * OF_CHROMIUM

/** One Firefox process with its own profile on disk. */
class Firefox {
  /** Everything that the pages wrote to their consoles, newest last. */
  log = []

  /** Opens a Firefox with a new profile. `prefs` are more settings of it. */
  static async open(name, { prefs = {} } = {}) {
    const firefox = new Firefox()
    firefox.name = name
    firefox.downloads = await folder('downloads')
    const { launch } = await puppeteer()
    firefox.browser = await launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      timeout: PATIENCE,
      protocolTimeout: PATIENCE,
      userDataDir: await folder(name),
      defaultViewport: { width: 1200, height: 900 },
      extraPrefsFirefox: { ...DIRECT, 'intl.accept_languages': 'en', ...prefs, 'browser.download.dir': firefox.downloads, 'browser.download.folderList': 2 },
    })
    return firefox
  }

  /** Opens an address in a new tab. */
  async tab(url) {
    const page = await this.browser.newPage()
    page.setDefaultTimeout(PATIENCE)
    const note = (kind, text) => this.log.push(`${this.name} ${kind}: ${text}`)
    page.on('console', message => note(message.type(), message.text()))
    page.on('pageerror', error => note('error', error.stack ?? error))
    await page.evaluateOnNewDocument(keepNotices)
    await page.goto(url)
    return page
  }

  async close() {
    await this.browser.close()
  }
}

export class InFirefox extends Person {
  /** Opens a Firefox of their own on the page. */
  static async arrive(name, url, options) {
    const person = new InFirefox()
    person.name = name
    person.url = url
    person.passphrase = `${name} likes ${randomBytes(6).toString('hex')} foxes`
    person.browser = await Firefox.open(name.toLowerCase(), options)
    person.page = await person.browser.tab(url)
    return person
  }

  async prepare(script) {
    await this.page.evaluateOnNewDocument(script)
    await this.page.reload()
  }

  async makeProfile() {
    await this.press('New profile')
    await this.fill('Your name', this.name)
    await this.fill('Passphrase', this.passphrase)
    await this.press('Make my profile')
    await this.heading('Home')
  }

  async unlock() {
    await this.fill(`Passphrase for ${this.name}`, this.passphrase)
    await this.press('Open')
  }

  connected() {
    return this.page.locator('.connection ::-p-text(Connected)').wait()
  }

  async invite() {
    await this.go('people/invite')
    await this.page.waitForFunction(() => !document.body.innerText.includes('your relay does not have your profile yet'))
    const link = () => this.named('Invite link for one friend', 'textbox').map(field => field.value).wait()
    if ((await link()) === this.invited) {
      await this.press('Make another one')
      await this.page.waitForFunction(before => document.querySelector('.my-code input').value !== before, {}, this.invited)
    }
    this.invited = await link()
    await this.go('people')
    return this.invited
  }

  async add(inviteOrId, says) {
    await this.go('people/paste')
    await this.fill('Their invite or id', inviteOrId)
    await this.press('Add')
    await this.page.locator(`::-p-text(${says})`).wait()
  }

  async hears(words) {
    await this.page.waitForFunction(words => window.notices.some(said => said.includes(words)), {}, words)
  }

  /** Shares files of the disk with people. */
  async share({ title, files, to }) {
    await this.go('share')
    await this.heading('Share')
    const input = await this.page.$('input[type=file]:not([webkitdirectory])')
    await input.uploadFile(...files)
    await this.fill('Title', title)
    await this.page.locator('label ::-p-text(People you choose)').click()
    for (const name of to) await this.page.locator(`.choice-list ::-p-text(${name})`).click()
    await this.page.locator('::-p-xpath(//button[starts-with(., "Share with")])').click()
    await this.page.waitForFunction(() => location.hash.startsWith('#/v/'))
    await this.heading(title)
  }

  async openShare(title) {
    await this.go('')
    await this.named(`Open ${title}`, 'link').click()
    await this.heading(title)
  }

  async saveFile(name) {
    await this.served()
    await this.press(`Download ${name}`)
    const { downloads } = this.browser
    const file = path.join(downloads, name)
    // Until the download is complete the file is empty. What has arrived is in another file beside it.
    await until(async () => (await readdir(downloads)).join() === name && (await stat(file)).size > 0, true)
    const bytes = await readFile(file)
    await rm(file)
    return { name, bytes }
  }

  /** Opens a picture of the share on screen. */
  look(name) {
    return this.named(`Open ${name}`, 'link').click()
  }

  sees() {
    return this.page.evaluate(() => document.body.innerText)
  }

  heading(name) {
    return this.named(name, 'heading').wait()
  }

  press(name) {
    return this.named(name, 'button').click()
  }

  /** Types into the field with this label. */
  fill(label, text) {
    return this.page.locator(`::-p-xpath(//input[@id = //label[. = "${label}"]/@for])`).fill(text)
  }

  /** The element with this accessible name. */
  named(name, role) {
    return this.page.locator(`::-p-aria([name="${name}"][role="${role}"])`)
  }
}
