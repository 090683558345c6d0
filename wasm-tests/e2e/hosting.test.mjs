// What the page does where other pages share its origin or show it in a frame, and what it lets become a script.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from './lib/browser.mjs'
import { removeFolders } from './lib/place.mjs'
import { site } from './lib/site.mjs'

const PASSPHRASE = 'a spinney of rowans'

/** Another page of the same host, and a service worker of its own. */
const OTHERS = {
  '/other/': '<!doctype html><title>other</title>',
  '/framing/': '<!doctype html><title>framing</title><iframe src="/spinney/" width="800" height="600"></iframe>',
  // Sends what it is told to every window of the origin, as if it were the page's own worker.
  '/other/sw.js': `
    addEventListener('message', event => event.waitUntil((async () => {
      const windows = await clients.matchAll({ type: 'window', includeUncontrolled: true })
      for (const window of windows) {
        if (!new URL(window.url).pathname.startsWith('/spinney/')) continue
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = ({ data }) => event.source.postMessage({ answer: data })
        window.postMessage(event.data, [port2])
      }
      event.source.postMessage({ sent: windows.length })
    })()))`,
}

let host
let browser

before(async () => {
  host = await site({ relays: [], at: '/spinney/', others: OTHERS })
})
after(async () => {
  await host?.close()
  await removeFolders()
})

const drive = (name, work) => test(name, { timeout: 120_000 }, async () => {
  browser = await Browser.open('hosting')
  try {
    await work()
  } catch (error) {
    console.log(browser.log.slice(-40).join('\n'))
    throw error
  } finally {
    await browser.close()
  }
})

const other = () => browser.tab(new URL('/other/', host.url).href)

/** A tab of the page whose window has the open module as `spinney`. */
async function tab() {
  const page = await browser.tab(host.url)
  await page.evaluate(async () => {
    const { open } = await import(new URL('spinney.js', document.baseURI).href)
    window.spinney = await open()
    await navigator.serviceWorker.ready
  })
  return page
}

drive('a page beside the folder gets no way to the engine, and nobody gives it theirs', async () => {
  const first = await tab()
  await first.evaluate(passphrase => spinney.profiles.create({ name: 'Anna', passphrase }), PASSPHRASE)
  const build = await first.evaluate(() => spinney.engine.version)
  const foreign = await other()
  const answer = await foreign.evaluate(async ([folder, build]) => {
    window.asked = 0
    navigator.serviceWorker.addEventListener('message', ({ ports: [port] }) => {
      window.asked += 1
      port?.postMessage(true)
    })
    navigator.serviceWorker.startMessages()
    const registration = await navigator.serviceWorker.getRegistration(folder)
    const { port1, port2 } = new MessageChannel()
    const answered = new Promise(resolve => { port1.onmessage = ({ data }) => resolve(data) })
    registration.active.postMessage({ attach: 'spinney', build }, [port2])
    return answered
  }, [host.url, build])
  assert.deepEqual(answer, { nobody: true })

  // A tab of ours that comes later finds the engine through the same worker, which asks no other page who leads.
  const second = await tab()
  assert.equal(await second.evaluate(async () => spinney.engine.leader), false)
  assert.deepEqual(await second.evaluate(async () => (await spinney.profiles.list()).map(({ name }) => name)), ['Anna'])
  assert.equal(await foreign.evaluate(() => window.asked), 0)

  // Nor does the module work there.
  const code = await foreign.evaluate(async folder => {
    const { open } = await import(`${folder}spinney.js`)
    return open().then(() => 'opened', ({ code }) => code)
  }, host.url)
  assert.equal(code, 'insecure-context')
})

drive('a window gives no port to a service worker that is not ours', async () => {
  const first = await tab()
  const build = await first.evaluate(() => spinney.engine.version)
  const foreign = await other()
  await foreign.evaluate(async build => {
    window.answers = []
    const { promise: sent, resolve } = Promise.withResolvers()
    navigator.serviceWorker.addEventListener('message', ({ data }) => ('sent' in data ? resolve() : window.answers.push(data.answer)))
    navigator.serviceWorker.startMessages()
    await navigator.serviceWorker.register('/other/sw.js')
    const { active } = await navigator.serviceWorker.ready
    active.postMessage({ attach: 'spinney', build })
    await sent
  }, build)
  // The window has handled that message when it has handled one that came later.
  const second = await tab()
  assert.equal(await second.evaluate(() => spinney.engine.leader), false)
  assert.deepEqual(await foreign.evaluate(() => window.answers), [])
})

drive('in a frame of another page there is nothing to click but the way out', async () => {
  const page = await browser.tab(new URL('/framing/', host.url).href)
  const frame = page.frameLocator('iframe')
  await frame.getByRole('heading', { name: 'Open Spinney by itself' }).waitFor()
  assert.equal(await frame.getByRole('button').count(), 0)
  const [opened] = await Promise.all([page.waitForEvent('popup'), frame.getByRole('link', { name: 'Open it in a tab of its own' }).click()])
  await opened.getByRole('button', { name: 'New profile' }).waitFor()
})

drive('in a folder of a host the page warns of its other pages', async () => {
  const page = await browser.tab(host.url)
  await page.getByText(`Other pages of ${new URL(host.url).host} can read what you keep here.`).waitFor()
  const own = await site({ relays: [] })
  try {
    const alone = await browser.tab(own.url)
    await alone.getByRole('button', { name: 'New profile' }).waitFor()
    assert.equal(await alone.getByText('can read what you keep here').count(), 0)
  } finally {
    await own.close()
  }
})

drive('text becomes no HTML and no script, and only built files become workers', async () => {
  const page = await tab()
  const refused = await page.evaluate(() => {
    const attempts = {
      html: () => { document.createElement('div').innerHTML = '<b>x</b>' },
      script: () => { document.createElement('script').text = 'x' },
      source: () => { document.createElement('script').src = 'https://example.org/x.js' },
      file: () => { document.createElement('script').src = new URL('s/share/x.js', document.baseURI).href },
      worker: () => new Worker(new URL('s/share/x.js', document.baseURI)),
      frame: () => { document.createElement('iframe').srcdoc = '<b>x</b>' },
    }
    return Object.entries(attempts).filter(([, attempt]) => {
      try {
        attempt()
        return false
      } catch (error) {
        return error instanceof TypeError
      }
    }).map(([name]) => name)
  })
  assert.deepEqual(refused, ['html', 'script', 'source', 'file', 'worker', 'frame'])
})
