// A person's browser: one Chromium process with its own profile on disk.
//
// Each person has a process, because private windows keep IndexedDB in memory and a test about disks needs a disk.
import { readlink } from 'node:fs/promises'
import path from 'node:path'
import { chromium } from './packages.mjs'
import { folder } from './place.mjs'

const HEADLESS = '--headless=new'
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
]

/** Flags for a browser that connects directly to others on this machine. */
const DIRECT = ['--disable-features=WebRtcHideLocalIpsWithMdns', '--allow-loopback-in-peer-connection']
/** Flags for a browser that never does, as behind many firewalls. */
const RELAYED = ['--webrtc-ip-handling-policy=disable_non_proxied_udp']

/** The time limit of an action on the page, on a busy machine. Only a failure waits this long. */
export const PATIENCE = 60_000

export class Browser {
  /** Everything that the pages wrote to their consoles, newest last. */
  log = []

  /**
   * Opens a browser with a new profile, or with the one in `profile`.
   *
   * Only with `direct` is there a way to other browsers but through a relay. `flags` are more of Chromium's own. With a
   * `screen` it has windows there, and asks the person what it asks people.
   */
  static async open(name, { profile, direct = false, flags = [], screen, ...options } = {}) {
    const browser = new Browser()
    browser.name = name
    browser.args = [...(screen ? [] : [HEADLESS]), ...ARGS, ...(direct ? DIRECT : RELAYED), ...flags]
    // What is granted from here leaves out the person, and refuses everything else.
    browser.options = screen ? { ...options, headless: false, env: screen.env, permissions: undefined } : options
    browser.profile = profile ?? (await folder(name))
    await browser.start()
    return browser
  }

  async start() {
    this.debug = undefined
    const launch = () => chromium.launchPersistentContext(this.profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      timeout: PATIENCE,
      args: this.args,
      // Playwright switches the back-forward cache off. People have it on.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
      acceptDownloads: true,
      viewport: { width: 1200, height: 900 },
      // Otherwise the page speaks the language of this machine.
      locale: 'en',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...this.options,
    })
    // One start in some thousands ends in a crash of Chromium, before there is any page.
    this.context = await launch().catch(launch)
    this.context.setDefaultTimeout(PATIENCE)
    await this.context.addInitScript(keepNotices)
    this.context.on('page', page => this.listen(page))
    this.context.pages().forEach(page => this.listen(page))
    // Chromium names its process in the lock of its profile.
    const lock = await readlink(path.join(this.profile, 'SingletonLock'))
    this.pid = Number(lock.slice(lock.lastIndexOf('-') + 1))
  }

  listen(page) {
    const note = (kind, text) => this.log.push(`${this.name} ${kind}: ${text}`)
    page.on('console', message => note(message.type(), message.text()))
    page.on('pageerror', error => note('error', error.stack ?? error.message))
  }

  /**
   * Gives the origin of an address so many bytes of storage, or with `undefined` as many as before.
   *
   * More room is there at once. Less room is noticed late, see `refuseWrites`.
   */
  async room(address, quotaSize) {
    this.debug ??= await this.context.newCDPSession(this.context.pages()[0])
    await this.debug.send('Storage.overrideQuotaForOrigin', { origin: new URL(address).origin, quotaSize })
  }

  /** Opens an address in a new tab. */
  async tab(url) {
    const page = await this.context.newPage()
    await page.goto(url)
    return page
  }

  /** Ends the browser as a crash or a dead battery would; its profile stays. */
  async kill() {
    const closed = new Promise(resolve => this.context.once('close', resolve))
    process.kill(this.pid, 'SIGKILL')
    await closed
  }

  /** Starts a browser that was killed or closed again, on the same profile. */
  async reopen() {
    await this.start()
  }

  async close() {
    await this.context.close().catch(() => {})
  }
}

/** In every page: keeps the text of its notices, because they disappear by themselves and replace each other. */
export function keepNotices() {
  window.notices = []
  let last
  const look = () => {
    const said = document.querySelector('.notice p')?.textContent
    if (said && said !== last) window.notices.push(said)
    last = said
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })
}
