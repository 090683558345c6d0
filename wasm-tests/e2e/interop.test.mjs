// Our peer and js-libp2p's, in pages of one browser, connected directly. Each dials the other through our relay.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Browser } from './lib/browser.mjs'
import { bundled, caller } from './lib/bundled.mjs'
import { removeFolders } from './lib/place.mjs'
import { Relay } from './lib/relay.mjs'
import { until } from './lib/until.mjs'

/** More bytes than any buffer on their way holds. */
const MANY = 10 * 2 ** 20
/** Streams that open and close beside them. Every third one is given up. */
const CROWD = 48
/** The time limit of one test, in milliseconds. */
const TEST_TIME = 180_000
/** Lines of the browser's log that are shown with a failure. */
const SHOWN = 100

const page = bundled('interop')
let relay
let browser

before(async () => {
  relay = await Relay.start()
  browser = await Browser.open('interop', { direct: true })
})

after(async () => {
  await browser?.close()
  await relay?.stop()
  await removeFolders()
})

/** A peer of ours or theirs, in a page of its own. */
async function peer(hash) {
  const tab = await page.open(browser, hash)
  const [worker] = tab.workers()
  const call = caller(worker ?? tab, 'peer')
  return { call, id: await call('start', relay.address), leave: () => tab.close() }
}

/** One pings the other, sends it a lot and gets it back. Meanwhile it opens many streams, and gives some of them up. */
async function talk(one, other) {
  await until(() => one.call('pinged', other.id), true)
  const before = await other.call('resets')
  const given = Array.from({ length: CROWD }, (_, i) => i % 3 === 0 ? one.call('abandon', other.id) : one.call('echo', other.id, 1_000 * i))
  const whole = await Promise.all([one.call('echo', other.id, MANY), ...given])
  assert.ok(whole.every(came => came !== false))
  await until(() => other.call('resets'), before + CROWD / 3)
}

/** One has a block, and the other fetches it. */
async function fetchFrom(one, other) {
  const block = [...crypto.getRandomValues(new Uint8Array(10_000))]
  const cid = await one.call('keep', block)
  assert.deepEqual(await other.call('fetch', one.id, cid), block)
}

for (const dials of ['ours', 'theirs']) {
  test(`${dials} dials the other: they ping, echo and exchange blocks`, { timeout: TEST_TIME }, async () => {
    const [ours, theirs] = [await peer('#ours'), await peer('#theirs')]
    try {
      await ours.call('allow', theirs.id)
      const [one, other] = dials === 'ours' ? [ours, theirs] : [theirs, ours]
      await one.call('dial', other.id)
      await Promise.all([one.call('direct', other.id), other.call('direct', one.id)])
      for (const [a, b] of [[ours, theirs], [theirs, ours]]) {
        await talk(a, b)
        await fetchFrom(a, b)
      }
    } catch (error) {
      console.log(browser.log.slice(-SHOWN).join('\n'))
      throw error
    } finally {
      await ours.leave()
      await theirs.leave()
    }
  })
}
