// What a person does on the page, in the words that the page shows.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Browser, PATIENCE } from './browser.mjs'
import { holdWrites, refuseWrites } from './disk.mjs'
import { until } from './until.mjs'

export class Person {
  /** Opens a browser on the page. With `disk`, it has so many bytes of disk, which `fill` can fill. */
  static async arrive(name, url, { disk, ...options } = {}) {
    const person = new Person()
    person.name = name
    person.url = url
    person.passphrase = `${name} likes ${randomBytes(6).toString('hex')} trees`
    person.browser = await Browser.open(name.toLowerCase(), options)
    person.disk = disk
    if (disk) await person.browser.room(url, disk)
    person.page = await person.browser.tab(url)
    return person
  }

  /** Makes a profile, and comes to the view of this name. Remembers the words, which the page only reminds of. */
  async makeProfile(view = 'Home') {
    const { page } = this
    // Whoever was invited has the form before them.
    const begin = page.getByRole('button', { name: 'New profile' })
    const field = page.getByLabel('Your name')
    await begin.or(field).first().waitFor()
    if (await begin.isVisible()) await begin.click()
    await field.fill(this.name)
    await page.getByLabel('Passphrase', { exact: true }).fill(this.passphrase)
    await page.getByRole('button', { name: 'Make my profile' }).click()
    await this.heading(view)
    const words = await this.api(({ spinney, passphrase }) => spinney.profiles.recoveryPhrase(passphrase), { passphrase: this.passphrase })
    this.words = words.split(' ')
    assert.equal(this.words.length, 24)
  }

  /** Has the page show the recovery words. */
  async showWords() {
    const { page } = this
    await this.go('words')
    await page.getByLabel('Passphrase, to show the words').fill(this.passphrase)
    await page.getByRole('button', { name: 'Show my recovery words' }).click()
    await page.locator('ol.words li').nth(23).waitFor()
  }

  /** Types the passphrase on the first screen. */
  async unlock(passphrase = this.passphrase, page = this.page) {
    await page.getByLabel(`Passphrase for ${this.name}`).fill(passphrase)
    await page.getByRole('button', { name: 'Open', exact: true }).click()
  }

  /** Waits for the first screen, which offers to stay signed in, unticked. */
  async asksForPassphrase(page = this.page) {
    await page.getByLabel(`Passphrase for ${this.name}`).waitFor()
    assert.equal(await page.getByLabel('Stay signed in on this device').isChecked(), false)
  }

  /** On the first screen, chooses to stay signed in. */
  async staySignedIn() {
    await this.page.getByLabel('Stay signed in on this device').check()
  }

  /** Locks, and waits until the engine has locked, because the page hides everything earlier. */
  async lock() {
    await this.go('settings')
    await this.page.getByRole('button', { name: 'Lock', exact: true }).click()
    await this.page.getByRole('heading', { name: 'Who is here?' }).waitFor()
    await until(() => this.api(({ spinney }) => spinney.profiles.current()), null)
  }

  /** Comes back in a new tab, after the last tab or the whole browser is gone. */
  async comeBack() {
    this.page = await this.browser.tab(this.url)
    await this.unlock()
    await this.heading('Home')
  }

  /** Asks for a passkey in the settings. What the page says to it, the test has to wait for. */
  async addPasskey(passphrase = this.passphrase) {
    const { page } = this
    await this.go('settings')
    const field = page.getByLabel('Passphrase, to add a passkey')
    if (!(await field.isVisible())) await page.getByText('Add a passkey', { exact: true }).click()
    await field.fill(passphrase)
    await page.getByRole('button', { name: 'Make the passkey' }).click()
  }

  /** Kills the browser, and starts it again without opening the page. */
  async crash() {
    await this.browser.kill()
    await this.browser.reopen()
  }

  heading(name, page = this.page) {
    return page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  }

  /** Goes to a view by its address, and waits until it has replaced the view before. */
  async go(view) {
    await this.page.evaluate(async hash => {
      const before = location.href
      location.hash = hash
      // The page gets the event before us, because it listened earlier, and draws at once.
      if (location.href !== before) await new Promise(resolve => addEventListener('hashchange', resolve, { once: true }))
    }, `#/${view}`)
  }

  /** Runs this in every new page of the person, before anything else. */
  async prepare(script) {
    await this.browser.context.addInitScript(script)
    await this.page.reload()
  }

  /** Waits until the relay is connected. */
  connected() {
    return this.page.locator('.connection').getByText('Connected', { exact: true }).waitFor()
  }

  /** Opens the sheet with one's own code, and waits until a relay has the profile. */
  async myCode() {
    await this.go('people/invite')
    await this.page.getByRole('tab', { name: 'My code', selected: true }).waitFor()
    await this.page.getByText('your relay does not have your profile yet').waitFor({ state: 'detached' })
  }

  /** Makes an invite link for one friend, which no other call returns. Leaves the sheet. */
  async invite() {
    await this.myCode()
    const { page } = this
    const field = page.getByLabel('Invite link for one friend')
    // The sheet makes one itself where there is none.
    await field.or(page.getByRole('button', { name: 'Make an invite link' })).first().waitFor()
    const before = this.invited
    if (!(await field.count()) || (await field.inputValue()) === before) {
      await page.getByRole('button', { name: /^Make (an invite link|another one)$/ }).click()
      await field.waitFor()
      await page.waitForFunction(before => document.querySelector('.my-code input').value !== before, before)
    }
    this.invited = await field.inputValue()
    await this.go('people')
    return this.invited
  }

  /** The link that may be shown to everybody. Its users have to ask. Leaves the sheet. */
  async lasting() {
    await this.myCode()
    await this.page.getByRole('button', { name: 'Permanent', exact: true }).click()
    const link = await this.page.getByLabel('My permanent link').inputValue()
    await this.go('people')
    return link
  }

  /** Waits until a relay has the profile. */
  async published() {
    await this.myCode()
    await this.go('people')
  }

  async id() {
    await this.go('people/invite')
    await this.page.getByRole('button', { name: 'Permanent', exact: true }).click()
    const id = await this.page.locator('.my-code .copyable code').textContent()
    await this.go('people')
    return id.trim()
  }

  /** Adds a person by what is pasted, and waits for what the page says about it. */
  async add(inviteOrId, says) {
    await this.go('people/paste')
    await this.page.getByLabel('Their invite or id').fill(inviteOrId)
    await this.page.getByRole('button', { name: 'Add', exact: true }).click()
    await this.page.getByText(says).first().waitFor()
  }

  /** Puts the person's contacts into a circle, as another app of the origin would. */
  putInto(circle, ...names) {
    return this.api(async ({ spinney, circle, names }) => {
      for (const { id, name, circles } of await spinney.contacts.list()) {
        if (names.includes(name)) await spinney.contacts.setCircles(id, [...circles, circle])
      }
    }, { circle, names })
  }

  /** Follows a person's public shares. */
  follow(id) {
    return this.api(({ spinney, id }) => spinney.contacts.follow(id), { id })
  }

  /** The row of a person in the list of people. */
  contact(name) {
    return this.page.locator('.people .person').filter({ has: this.page.locator('b', { hasText: name }) })
  }

  /** Goes to the page of a person in the list of people. */
  async visit(name) {
    await this.go('people')
    await this.contact(name).getByRole('link').click()
    await this.page.getByRole('heading', { level: 1, name }).waitFor()
  }

  /** What is shown of a person who asks to be added. */
  request(name) {
    return this.page.locator('section .requests .person').filter({ has: this.page.locator('b', { hasText: name }) })
  }

  /** Waits until a notice has said this. It may be gone already, and counts as read then. */
  async hears(words) {
    await this.page.waitForFunction(words => {
      const at = window.notices.findIndex(said => said.includes(words))
      return at >= 0 && window.notices.splice(at, 1)
    }, words)
  }

  /**
   * Puts a share together, up to its last button. `to` names people. Without people it is for oneself, unless `way`
   * is another way to share, as the page calls it.
   */
  async compose({ title, note, files, folder, to = [], way = to.length ? 'People you choose' : 'Only me' }) {
    const { page } = this
    await this.go('share')
    await this.heading('Share')
    if (files) await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(files)
    if (folder) await page.locator('input[type=file][webkitdirectory]').setInputFiles(folder)
    await page.getByLabel('Title').fill(title)
    if (note) await this.note(note)
    const who = page.getByRole('group', { name: 'Who may open it' })
    await who.getByRole('radio', { name: way }).check({ force: true })
    for (const name of to) await who.locator('label').filter({ has: page.getByRole('checkbox') }).filter({ hasText: name }).click()
  }

  /** Writes a note for the share in the making. */
  async note(text) {
    const add = this.page.getByRole('button', { name: 'Add a note' })
    if (await add.isVisible()) await add.click()
    await this.page.getByLabel('Note', { exact: true }).fill(text)
  }

  /** Unfolds the options of the share in the making. */
  async options() {
    const options = this.page.locator('details.options')
    if ((await options.getAttribute('open')) === null) await options.locator('summary').click()
  }

  /** Drops files or folders of the disk in the middle of the window, as from a window of files. */
  async drop(...files) {
    const { width, height } = this.page.viewportSize()
    const session = await this.page.context().newCDPSession(this.page)
    for (const type of ['dragEnter', 'dragOver', 'drop']) {
      await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data: { items: [], files, dragOperationsMask: 1 } })
    }
    await session.detach()
  }

  /** The files that are chosen for the share in the making, as its view names them. */
  async chosen() {
    // What is folded is chosen, too.
    await this.page.evaluate(async () => {
      for (let folded; (folded = document.querySelector('.chosen [aria-expanded=false]')); ) {
        folded.click()
        await new Promise(requestAnimationFrame)
      }
    })
    return this.page.locator('main').getByRole('button', { name: /^Leave out (?!the whole folder )/ }).evaluateAll(buttons => buttons.map(({ ariaLabel }) => ariaLabel.slice('Leave out '.length)))
  }

  /** The button that sends the share off. */
  get send() {
    return this.page.getByRole('button', { name: /^(Share with|Save privately|Make the link)/ })
  }

  /** Shares, and waits until the share is sealed and shown. */
  async share(what) {
    await this.compose(what)
    await this.sendOff(what.title)
  }

  /** Sends what was put together, and waits until the share is sealed and shown. */
  async sendOff(title, timeout = PATIENCE) {
    await this.send.click()
    // While it is being sealed, the heading is the title too.
    await this.page.waitForURL(/#\/v\//, { timeout })
    await this.heading(title)
  }

  /** Waits until the relay has acknowledged the share on screen. */
  kept(timeout = PATIENCE) {
    return this.page.getByText('In this browser and at your relay').waitFor({ timeout })
  }

  /** The card of a share on the first view. */
  card(title) {
    return this.page.locator('article.share-card').filter({ has: this.page.getByRole('heading', { name: title, exact: true }) })
  }

  /** Opens a share from the first view, as soon as it is there. */
  async openShare(title) {
    await this.go('')
    await this.card(title).getByRole('link', { name: `Open ${title}` }).click()
    await this.heading(title)
  }

  /** Waits until the bar of this name shows so many bytes. Returns how many it shows then. */
  async bar(name, bytes = 1) {
    const shown = await this.page.waitForFunction(([name, bytes]) => {
      const bar = [...document.querySelectorAll('progress')].find(({ ariaLabel }) => ariaLabel === name)
      return bar && bar.value >= bytes ? bar.value : 0
    }, [name, bytes])
    return shown.jsonValue()
  }

  /** Waits until the service worker serves this page, if there is one. On a first visit it starts after the page. */
  async served() {
    await this.page.waitForFunction(() => !navigator.serviceWorker || navigator.serviceWorker.controller)
  }

  /** Clicks a button that saves something, and returns the bytes. */
  async saved(click) {
    await this.served()
    const [download] = await Promise.all([this.page.waitForEvent('download', isSaved), click()])
    const stream = await download.createReadStream()
    const parts = []
    for await (const part of stream) parts.push(part)
    return { name: download.suggestedFilename(), bytes: Buffer.concat(parts) }
  }

  /** Saves one file of the share on screen that is not a picture. */
  saveFile(path) {
    return this.saved(() => this.page.getByRole('button', { name: `Download ${path}`, exact: true }).click())
  }

  /** Goes into a folder of the share on screen, from where the share begins. */
  async openFolder(...names) {
    const { page } = this
    const top = page.getByRole('link', { name: 'All files', exact: true })
    if (await top.isVisible()) await top.click()
    for (const name of names) await page.locator('.folders a').filter({ has: page.getByText(name, { exact: true }) }).click()
  }

  /** Fetches all of the share on screen into the browser. */
  async keep() {
    await this.page.getByRole('button', { name: 'Keep in this browser' }).click()
  }

  /** Waits until all of the share on screen is in this browser. */
  async hasAll(timeout = 2 * PATIENCE) {
    await this.page.getByText('In this browser', { exact: true }).waitFor({ timeout })
  }

  /** Saves all of the share on screen. */
  saveAll() {
    return this.saved(() => this.page.getByRole('button', { name: /^Save all/ }).click())
  }

  /** The CID under "Details" of the share on screen. */
  async root() {
    const summary = this.page.locator('main summary').last()
    await summary.click()
    const root = await this.page.locator('.copyable').filter({ hasText: 'CID' }).locator('code').textContent()
    await summary.click()
    return root
  }

  /** Gives the share on screen to more people. */
  async give(...names) {
    const { page } = this
    await page.getByRole('button', { name: /^(Add people|Give it to people)$/ }).first().click()
    for (const name of names) await page.locator('form label.choice').filter({ hasText: name }).click()
    await page.getByRole('button', { name: /^Share with/ }).click()
    await page.getByText('is on its way to').waitFor()
  }

  /** Adds files to the share on screen. */
  async addFiles(files) {
    const { page } = this
    await page.getByRole('button', { name: 'Add files' }).click()
    await page.locator('main input[type=file]:not([webkitdirectory])').setInputFiles(files)
    await page.getByText(/(is|are) added to/).waitFor()
  }

  /** Waits for a notice that something is done, and closes it. After that it cannot be undone. */
  async settle(text) {
    const notice = this.page.locator('.notice').filter({ hasText: text })
    await notice.waitFor()
    await notice.getByRole('button', { name: 'Close' }).click()
  }

  /** Waits until the page says that exactly these people may open the share on screen. */
  recipients(names) {
    return until(() => this.page.locator('.recipient b').allTextContents(), names)
  }

  /** Waits until the page says that a person got this far with the share on screen. */
  delivery(name, words) {
    return this.page.locator('.recipient').filter({ has: this.page.locator('b', { hasText: name }) }).getByText(words).waitFor()
  }

  /** The paths of a share. */
  files(title) {
    return this.api(async ({ spinney, title }) => {
      const share = (await spinney.shares.list()).find(share => share.title === title)
      return (await spinney.shares.files(share.id)).map(({ path }) => path)
    }, { title })
  }

  /** The link to a share, as its page and the list of links show it. */
  link(title) {
    return this.page.getByLabel(`The link to ${title}`, { exact: true }).inputValue()
  }

  /** Opens a link by its address, and agrees to what the page asks about it. */
  async openLink(link) {
    await this.page.goto('about:blank')
    await this.page.goto(link)
    await this.page.getByRole('button', { name: 'Open the link' }).click()
  }

  /** Opens a link, and waits for what the page says about it. */
  async finds(link, words) {
    await this.openLink(link)
    await this.page.getByText(words).waitFor()
  }

  /** The titles of all shares that are here, shown or not. */
  titles() {
    return this.api(async ({ spinney }) => (await spinney.shares.list()).map(({ title }) => title))
  }

  /** Lets the engine store some `bytes` of blocks more, and then nothing; see `holdWrites`. */
  holdWrites(bytes) {
    return holdWrites(this.page, bytes)
  }

  /** Fills a small disk, so that there is no room for more. */
  async fill() {
    const { usage } = await this.page.evaluate(() => navigator.storage.estimate())
    await this.browser.room(this.url, usage)
    await refuseWrites(this.page, this.disk)
  }

  /** Gives a browser with a full disk as much room as other browsers. */
  makeRoom() {
    return this.browser.room(this.url)
  }

  /** Calls the typed API in the page, as another app of the origin would: `work({spinney, ...argument})`. */
  async api(work, argument = {}) {
    const given = await this.page.evaluateHandle(async argument => {
      const { open } = await import(new URL('spinney.js', document.baseURI).href)
      return { spinney: await open(), ...argument }
    }, argument)
    try {
      return await this.page.evaluate(work, given)
    } finally {
      await this.page.evaluate(({ spinney }) => spinney.close(), given)
      await given.dispose()
    }
  }

  /** The path to a contact, once there is one, and why it is so. */
  async path() {
    const { peers } = await this.api(({ spinney }) => spinney.network.status())
    return peers.find(peer => peer.contact) ?? {}
  }

  /** All that the page shows. */
  sees() {
    return this.page.innerText('body', { timeout: 1_000 })
  }

  async leave() {
    await this.browser.close()
  }
}

/** Whether the page itself started a download, and not a frame in it. */
const isSaved = download => /[?&]save=|\/zip\/|^blob:/.test(download.url())

/** Makes people add each other, by an invite for each pair, until each sees the other as a contact. */
export async function friends(people) {
  for (const person of people) await person.connected()
  for (const [i, person] of people.entries()) {
    for (const other of people.slice(i + 1)) {
      await other.add(await person.invite(), `${person.name} is added.`)
      // The new contact's row may be there earlier. This word shows that the invite is used up.
      await person.hears(`${other.name} is added.`)
    }
  }
}
