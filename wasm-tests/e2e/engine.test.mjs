// One engine for all tabs, through the module that any page may import: which tab leads, which takes over, what is
// served.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from './lib/browser.mjs'
import { bomb, png } from './lib/files.mjs'
import { removeFolders } from './lib/place.mjs'
import { site } from './lib/site.mjs'

const PASSPHRASE = 'a spinney of birches'
/** Bytes of the file that is shared; byte n is n modulo 256. */
const SIZE = 12_000_000

let host
let browser

before(async () => {
  // Any folder can serve it.
  host = await site({ relays: [], at: '/some/folder/' })
})
after(async () => {
  await host?.close()
  await removeFolders()
})

/** A test with a browser of its own. */
const drive = (name, work) => test(name, { timeout: 120_000 }, async () => {
  browser = await Browser.open('tabs')
  try {
    await work()
  } catch (error) {
    console.log(browser.log.slice(-40).join('\n'))
    throw error
  } finally {
    await browser.close()
  }
})

/** A tab whose window has the open module as `spinney`, and the types of its events as `heard`. */
async function tab() {
  const page = await browser.tab(host.url)
  await attach(page)
  return page
}

const attach = page => page.evaluate(async () => {
  const { open } = await import(new URL('spinney.js', document.baseURI).href)
  const spinney = await open()
  const heard = []
  Object.assign(window, { spinney, heard })
  const hear = async () => {
    for await (const { type, state } of spinney.events()) heard.push(type === 'engine' ? state : type)
  }
  hear()
})

const leads = page => page.evaluate(() => spinney.engine.leader)
const untilLeads = page => page.waitForFunction(() => spinney.engine.leader)
const untilFollows = page => page.waitForFunction(() => !spinney.engine.leader)
/** Both tabs may have taken the lock for abandoned. Then the first one gives way at once: "ask again". */
const untilAnswered = page => page.waitForFunction(() => spinney.profiles.list().then(() => true, () => false))
const names = page => page.evaluate(async () => (await spinney.profiles.list()).map(profile => profile.name))
const makeProfile = (page, name) => page.evaluate(([name, passphrase]) => spinney.profiles.create({ name, passphrase }), [name, PASSPHRASE])

/** Shares one picture with nobody. Resolves to its URL. */
const share = page => page.evaluate(async size => {
  const bytes = new Uint8Array(size).map((_, at) => at)
  const files = ['a picture.png', 'a page.html'].map(path => ({
    path, file: new File([bytes], path, { type: path.endsWith('png') ? 'image/png' : 'text/html' }),
  }))
  const { id } = await spinney.shares.create({ title: 'One', files, audience: { kind: 'self' } })
  return spinney.shares.url(id, 'a picture.png')
}, SIZE)

const get = (page, url, init) => page.evaluate(async ([url, init]) => {
  const response = await fetch(url, init)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { status, headers } = response
  return { status, headers: Object.fromEntries(headers), length: bytes.length, first: bytes[0] }
}, [url, init])

const served = page => page.waitForFunction(() => navigator.serviceWorker.controller)

drive('two tabs ask one engine, and both hear what one of them did', async () => {
  const [first, second] = [await tab(), await tab()]
  assert.deepEqual([await leads(first), await leads(second)], [true, false])
  await makeProfile(second, 'Anna')
  assert.ok((await second.evaluate(() => heard)).includes('profile'), 'the event comes before the answer')
  assert.equal(await first.evaluate(async () => (await spinney.profiles.current()).name), 'Anna')
  assert.ok((await first.evaluate(() => heard)).includes('profile'))
})

drive('while a passphrase is tried, the other tab gets its answers', async () => {
  const [first, second] = [await tab(), await tab()]
  const { id } = await makeProfile(first, 'Anna')
  await first.evaluate(() => spinney.profiles.lock())
  const unlocking = first.evaluate(async ([id, passphrase]) => {
    const start = performance.now()
    await spinney.profiles.unlock(id, passphrase)
    return performance.now() - start
  }, [id, PASSPHRASE])
  // Each call of this loop asks the engine, and waits for its answer.
  const longest = await second.evaluate(async () => {
    let longest = 0
    for (let open = false; !open;) {
      const start = performance.now()
      open = (await spinney.profiles.current()) !== null
      longest = Math.max(longest, performance.now() - start)
    }
    return longest
  })
  const took = await unlocking
  assert.ok(longest < took / 2, `one call took ${longest} ms while a passphrase was tried for ${took} ms`)
})

drive('a profile opens even if the worker for its passphrase cannot be loaded', async () => {
  const lacking = await site({ relays: [], at: '/some/folder/', without: /passphrase/ })
  try {
    const page = await browser.tab(lacking.url)
    await attach(page)
    const { id } = await makeProfile(page, 'Anna')
    const before = lacking.missed()
    const refused = await page.evaluate(id => spinney.profiles.unlock(id, 'wrong').catch(error => error.code), id)
    assert.equal(refused, 'wrong-passphrase')
    assert.ok(lacking.missed() > before, 'the worker was asked for')
    assert.deepEqual(await page.evaluate(() => heard.filter(type => type === 'stopped')), [], 'the engine goes on')
  } finally {
    await lacking.close()
  }
})

drive('times are Dates and pictures are Blobs, in arguments, answers and events', async () => {
  const page = await tab()
  const kinds = await page.evaluate(async ([passphrase, bytes]) => {
    const kind = value => value?.constructor.name
    const picture = new Blob([new Uint8Array(bytes)], { type: 'image/png' })
    const shared = new Promise(resolve => {
      const read = async () => {
        for await (const event of spinney.events()) if (event.type === 'share') return resolve(kind(event.share.created))
      }
      read()
    })
    const me = await spinney.profiles.create({ name: 'Anna', passphrase, avatar: picture })
    const expires = new Date(Date.now() + 86_400_000)
    const files = [{ path: 'a.txt', file: new File(['a'], 'a.txt', { lastModified: 1_700_000_000_000 }), preview: picture }]
    const share = await spinney.shares.create({ title: 'One', files, audience: { kind: 'link', expires } })
    const [file] = await spinney.shares.files(share.id)
    const [link] = await spinney.shares.links()
    return {
      avatar: [kind(me.avatar), me.avatar.type, me.avatar.size === bytes.length],
      created: kind(share.created),
      modified: file.modified.getTime(),
      preview: [kind(file.preview), file.preview.type],
      size: kind(file.size),
      expires: link.expires.getTime() === expires.getTime() && kind(expires),
      told: await shared,
    }
  }, [PASSPHRASE, [...png(40, 30)]])
  assert.deepEqual(kinds, {
    avatar: ['Blob', 'image/png', true],
    created: 'Date',
    modified: 1_700_000_000_000,
    preview: ['Blob', 'image/png'],
    size: 'Number',
    expires: 'Date',
    told: 'Date',
  })
})

drive('pictures that are huge when they are decoded do not get into a profile or a share', async () => {
  const page = await tab()
  const [avatar, preview] = [bomb(19_000), bomb(10_500)]
  assert.ok(avatar.length < 48 * 1024 && preview.length < 16 * 1024, 'their bytes are within the limits')
  const shown = await page.evaluate(async ([passphrase, ...bombs]) => {
    const [avatar, preview] = bombs.map(bytes => new Blob([new Uint8Array(bytes)], { type: 'image/png' }))
    const create = picture => spinney.profiles.create({ name: 'Anna', passphrase, avatar: picture })
    const refused = await create(avatar).catch(({ code }) => code)
    await create()
    const changed = await spinney.profiles.update({ avatar }).catch(({ code }) => code)
    const files = [{ path: 'a.txt', file: new File(['a'], 'a.txt'), preview }]
    const share = await spinney.shares.create({ title: 'One', files, audience: { kind: 'self' } })
    const [file] = await spinney.shares.files(share.id)
    return [refused, changed, file.path, file.preview]
  }, [PASSPHRASE, [...avatar], [...preview]])
  assert.deepEqual(shown, ['invalid-name', 'invalid-name', 'a.txt', undefined])
})

drive('errors keep their class, code and fault, and an aborted call is cancelled', async () => {
  const [, second] = [await tab(), await tab()]
  await makeProfile(second, 'Anna')
  const [error, aborted] = await second.evaluate(async () => {
    const { SpinneyError } = await import(new URL('spinney.js', document.baseURI).href)
    const told = error => [error instanceof SpinneyError, error.code, error.fault]
    const abort = new AbortController()
    const unlocking = spinney.profiles.unlock('nobody', 'x', { signal: abort.signal }).catch(told)
    abort.abort()
    return [await spinney.shares.get('nothing').catch(told), await unlocking]
  })
  assert.equal(error[0], true)
  assert.ok(['not-found', 'invalid-id'].includes(error[1]), error[1])
  assert.deepEqual(aborted, [true, 'cancelled', 'user'])
})

drive('when the leader closes, another tab leads with the same profile open, and is told to list again', async () => {
  const [first, second] = [await tab(), await tab()]
  await makeProfile(first, 'Anna')
  await first.close()
  await untilLeads(second)
  await second.waitForFunction(() => heard.lastIndexOf('resync') > heard.indexOf('moved') && heard.includes('moved'))
  const told = await second.evaluate(() => heard.slice(heard.indexOf('moved')))
  assert.deepEqual(told.slice(0, 3), ['moved', 'leader', 'resync'])
  assert.deepEqual(await names(second), ['Anna'])
  assert.equal((await second.evaluate(() => spinney.profiles.current())).name, 'Anna')
})

drive('a leader that comes back from the back-forward cache attaches to the one that followed it', async () => {
  const [first, second] = [await tab(), await tab()]
  await makeProfile(first, 'Anna')
  await first.evaluate(() => { window.kept = true })
  await first.goto('about:blank')
  await untilLeads(second)
  await first.goBack({ waitUntil: 'commit' })
  assert.equal(await first.evaluate(() => window.kept), true, 'the page came out of the cache')
  await untilFollows(first)
  assert.deepEqual([await names(first), await names(second)], [['Anna'], ['Anna']])
  assert.equal(await leads(first), false)
})

drive('a leader that is robbed of its lock stops writing, and the tabs agree again', async () => {
  const [first, second] = [await tab(), await tab()]
  await second.evaluate(() => new Promise(robbed => {
    navigator.locks.request('spinney:spinney', { steal: true }, () => new Promise(free => {
      window.free = free
      robbed()
    }))
  }))
  await untilFollows(first)
  await second.evaluate(() => window.free())
  await untilAnswered(first)
  await makeProfile(first, 'Anna')
  assert.deepEqual([await names(first), await names(second)], [['Anna'], ['Anna']])
  assert.equal([await leads(first), await leads(second)].filter(Boolean).length, 1)
})

drive('a leader that is silent is robbed, and follows when it speaks again', async () => {
  const first = await tab()
  await makeProfile(first, 'Anna')
  const debug = await browser.context.newCDPSession(first)
  await debug.send('Debugger.enable')
  const paused = new Promise(resolve => debug.once('Debugger.paused', resolve))
  first.evaluate('debugger').catch(() => {})
  await paused
  const second = await tab()
  assert.equal(await leads(second), true)
  await debug.send('Debugger.resume')
  await untilFollows(first)
  assert.deepEqual([await names(first), await names(second)], [['Anna'], ['Anna']])
})

drive('the service worker serves ranges, sandboxed, also after it was stopped', async () => {
  const [first, second] = [await tab(), await tab()]
  await makeProfile(first, 'Anna')
  const url = await share(first)
  await served(second)
  const whole = await get(second, url)
  assert.deepEqual([whole.status, whole.length, whole.headers['content-type']], [200, SIZE, 'image/png'])
  assert.equal(whole.headers['content-security-policy'], "sandbox; default-src 'none'")
  assert.equal(whole.headers['x-content-type-options'], 'nosniff')
  assert.equal(whole.headers['cache-control'], 'no-store')

  const part = await get(second, url, { headers: { Range: 'bytes=1000001-1000010' } })
  assert.deepEqual([part.status, part.length, part.first], [206, 10, 1_000_001 % 256])
  assert.equal(part.headers['content-range'], `bytes 1000001-1000010/${SIZE}`)
  const beyond = await get(second, url, { headers: { Range: `bytes=${SIZE}-` } })
  assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${SIZE}`])
  const head = await get(second, url, { method: 'HEAD' })
  assert.deepEqual([head.headers['content-length'], head.length], [String(SIZE), 0])

  const page = await get(second, url.replace('a%20picture.png', 'a%20page.html'))
  assert.equal(page.headers['content-type'], 'application/octet-stream')
  assert.match(page.headers['content-disposition'], /^attachment/)
  assert.equal((await get(second, `${url}x`)).status, 404)

  const debug = await browser.context.newCDPSession(second)
  await debug.send('ServiceWorker.enable')
  await debug.send('ServiceWorker.stopAllWorkers')
  assert.equal((await get(second, url)).length, SIZE)

  await first.evaluate(() => spinney.profiles.lock())
  assert.equal((await get(second, url)).status, 404)
})

drive('locking ends what is read and says so, and ends the worker with its memory', async () => {
  const [first, second] = [await tab(), await tab()]
  await makeProfile(first, 'Anna')
  const id = new URL(await share(first)).pathname.split('/').at(-2)
  const me = await second.evaluate(async () => (await spinney.profiles.current()).id)
  await second.evaluate(async id => {
    window.reader = spinney.shares.read(id, 'a picture.png').getReader()
    await reader.read()
  }, id)
  const [worker] = first.workers()
  const ended = new Promise(resolve => worker.once('close', resolve))
  await first.evaluate(() => heard.splice(0))
  await second.evaluate(() => spinney.profiles.lock())
  const code = await second.evaluate(async () => {
    try {
      while (true) await reader.read()
    } catch (error) {
      return error.code
    }
  })
  assert.equal(code, 'locked')
  await ended
  await Promise.all([untilAnswered(first), untilAnswered(second)])
  assert.equal(await leads(first), true)
  assert.equal(await first.evaluate(() => heard.includes('moved')), false, 'for the tab that leads nothing has moved')
  // The next worker opens the profile again, for both tabs.
  await second.evaluate(([id, passphrase]) => spinney.profiles.unlock(id, passphrase), [me, PASSPHRASE])
  assert.equal(await first.evaluate(async () => (await spinney.profiles.current()).id), me)
  assert.notEqual(first.workers()[0], worker)
})

drive('a stream whose engine goes is errored, never closed', async () => {
  const [first, second] = [await tab(), await tab()]
  await makeProfile(first, 'Anna')
  const url = await share(first)
  const id = new URL(url).pathname.split('/').at(-2)
  await served(second)
  await second.evaluate(async ([url, id]) => {
    window.fetched = (await fetch(url)).body.getReader()
    window.called = spinney.shares.read(id, 'a picture.png').getReader()
  }, [url, id])
  await first.close()
  await untilLeads(second)
  const ends = await second.evaluate(size => {
    const end = async reader => {
      let read = 0
      try {
        while (true) {
          const { done, value } = await reader.read()
          if (done) return read === size ? 'whole' : 'closed early'
          read += value.length
        }
      } catch {
        return 'errored'
      }
    }
    return Promise.all([fetched, called].map(end))
  }, SIZE)
  // The bytes that were in the pipe already may have been all of it.
  assert.ok(!ends.includes('closed early'), ends.join())
})

drive('the page starts without its host, and after a reload around the service worker', async () => {
  const first = await tab()
  await served(first)
  await makeProfile(first, 'Anna')
  const second = await tab()
  const debug = await browser.context.newCDPSession(second)
  const loaded = second.waitForEvent('load')
  await debug.send('Page.reload', { ignoreCache: true })
  await loaded
  await attach(second)
  await served(second)
  assert.deepEqual(await names(second), ['Anna'])
  await browser.context.setOffline(true)
  await second.reload()
  await attach(second)
  assert.deepEqual(await names(second), ['Anna'])
})
