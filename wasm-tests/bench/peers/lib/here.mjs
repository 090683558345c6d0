// The place where one peer is measured once: its browsers, pages and programs. All of them end with it.
import { Browser } from '../../../e2e/lib/browser.mjs'
import { removeFolders } from '../../../e2e/lib/place.mjs'
import { service } from './service.mjs'

export class Here {
  #origin
  #undo = []

  constructor(origin) {
    this.#origin = origin
  }

  /** Registers something to do at the end. The last one registered runs first. */
  atEnd(work) {
    this.#undo.push(work)
  }

  /** Starts a program beside the pages. */
  async service(file) {
    const started = await service(file)
    this.atEnd(() => started.stop())
    return started
  }

  /** Opens a peer's page in a browser of its own that connects directly. `bench` is what the page offers. */
  async open(url) {
    const browser = await Browser.open('peer', { direct: true })
    this.atEnd(() => browser.close())
    const page = await browser.tab(new URL(url, this.#origin).href)
    page.context().setDefaultTimeout(0)
    await page.waitForFunction(() => globalThis.bench)
    return page
  }

  /** Closes the browser of a page before the end. */
  leave(page) {
    return page.context().close()
  }

  /** Starts to count the milliseconds in which the window's thread is busy. The function that it returns reads them. */
  async windowTime(page) {
    const debug = await page.context().newCDPSession(page)
    await debug.send('Performance.enable')
    const busy = async () => {
      const { metrics } = await debug.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
    }
    const before = await busy()
    return async () => (await busy()) - before
  }

  /** Ends everything, and gives the disk back. */
  async end() {
    for (const each of [...this.#undo.reverse(), removeFolders]) {
      await each().catch(error => console.error(`left behind: ${error.message}`))
    }
  }
}
