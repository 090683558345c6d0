// A transfer between two directly connected browsers survives every fault, and ends byte for byte.
import assert from 'node:assert/strict'
import { PATIENCE } from './lib/browser.mjs'
import { Detour } from './lib/detour.mjs'
import { digest, film, MEGABYTE } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world({ direct: true })

/** Long enough that every fault finds it on the way. */
const SIZE = (process.env.SPINNEY_LONG ? 64 : 32) * MEGABYTE
/** Moments of a transfer at which the fault happens. Each moment has a transfer of its own. */
const MOMENTS = process.env.SPINNEY_LONG ? 20 : 3
/** What may be sent twice: what the reader had asked for, over two paths, and had not stored. */
const IN_FLIGHT = 10 * MEGABYTE
/** The longest time from a relay's return until both are connected to it, and through it, in milliseconds. */
const BACK = 5_000
/** The time limit of a test with so many moments. */
const TIME = { timeout: 120_000 + 60_000 * MOMENTS }

const via = async person => (await person.path()).via

/** Keeps the peer connections of a window in `connections`. */
function remember() {
  window.connections = []
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args)
      window.connections.push(this)
    }
  }
}

/**
 * Ben fetches what Anna shares with him. When he has so much of it, something happens. He stores nothing more of the
 * file until the test lets him `go` on, or his window is gone. Each moment uses another file.
 */
async function transfer(happens, { kept = false, arrive = () => {} } = {}) {
  const [anna, ben] = await Promise.all(['Anna', 'Ben'].map(async name => {
    const person = await here.visitor(name)
    await arrive(person)
    await person.prepare(remember)
    await person.makeProfile()
    return person
  }))
  await here.befriend(anna, ben)
  const place = await folder('films')
  // What Anna's browser and the relay report as served, each in each of its lives.
  const given = new Map()
  const sent = async () => {
    const served = await anna.api(async ({ spinney }) => (await spinney.network.status()).served)
    given.set(await anna.page.evaluate(() => performance.timeOrigin), served)
    given.set(here.relay.process.pid, await here.relay.bytesServed())
    return [...given.values()].reduce((sum, bytes) => sum + bytes)
  }
  const direct = person => until(() => via(person), 'direct', 2 * PATIENCE)
  for (let moment = 1; moment <= MOMENTS; moment++) {
    for (const person of [anna, ben]) await direct(person)
    const title = `Film ${moment}`
    const whole = await film(place, `${moment}.bin`, SIZE)
    await anna.share({ title, files: whole.path, to: ['Ben'] })
    if (kept) await anna.kept()
    await ben.openShare(title)
    const before = await sent()
    const hold = await ben.holdWrites((SIZE / (MOMENTS + 1)) * moment)
    await ben.keep()
    await hold.reached()
    await sent()
    await happens({ anna, ben, title, direct, go: hold.release })
    await ben.hasAll()
    assert.equal(digest((await ben.saveFile(`${moment}.bin`)).bytes), whole.digest)
    const bytes = (await sent()) - before
    // The last part of a life that was ended may be missing.
    assert.ok(Math.abs(bytes - SIZE) <= IN_FLIGHT, `${bytes} bytes were sent`)
  }
}

here.test('the author closes their tab, and comes back', () => transfer(async ({ anna, ben, direct, go }) => {
  await anna.page.close()
  await anna.comeBack()
  await direct(ben)
  await go()
}, { kept: true }), TIME)

here.test('the reader closes their tab, and comes back', () => transfer(async ({ ben, title }) => {
  await ben.page.close()
  await ben.comeBack()
  await ben.openShare(title)
}), TIME)

here.test('of two tabs of the reader the one that hosts the connections closes', () => transfer(async ({ ben, title }) => {
  const leader = ben.page
  ben.page = await ben.browser.tab(here.url)
  await ben.openShare(title)
  await leader.close()
  await ben.heading(title)
}), TIME)

here.test('the relay stops and starts again, and is connected within five seconds', () => transfer(async ({ go }) => {
  await go()
  await here.relay.kill()
  await here.relay.restart()
  const back = Date.now()
  await until(async () => (await here.relay.counters()).connections, 2)
  assert.ok(Date.now() - back < BACK)
}), TIME)

here.test('friends whom only a relay connects have a circuit again within five seconds after it started again', async () => {
  const people = [await here.person('Anna', { direct: false }), await here.person('Ben', { direct: false })]
  await here.befriend(...people)
  const all = way => Promise.all(people.map(person => until(() => via(person), way)))
  const times = []
  // Again at once when both know that it fails, then after a longer wait.
  for (let i = 0; i < 3; i++) {
    await all('relay')
    await here.relay.kill()
    await all(undefined)
    await here.relay.restart()
    const back = Date.now()
    await all('relay')
    times.push(Date.now() - back)
  }
  // The median, because other work of the machine makes a single time longer.
  assert.ok(times.toSorted((a, b) => a - b)[1] < BACK, `${times} ms`)
})

here.test('the direct connection is closed', () => transfer(async ({ anna, ben, direct, go }) => {
  await anna.page.evaluate(() => window.connections.forEach(connection => connection.close()))
  await direct(ben)
  await go()
}, { kept: true }), TIME)

here.test('the network lets nothing through any more but to the relay', async () => {
  const detour = new Detour()
  try {
    await transfer(async ({ ben, direct, go }) => {
      detour.blocked = true
      await until(() => via(ben), 'relay')
      detour.blocked = false
      await direct(ben)
      await go()
    }, { kept: true, arrive: person => detour.lead(person) })
  } finally {
    detour.close()
  }
}, TIME)

// Headless windows are never hidden. On a phone, hidden pages are frozen.
here.test('the author’s page is frozen in the background', () => transfer(async ({ anna, ben, go }) => {
  const debug = await anna.page.context().newCDPSession(anna.page)
  // It replaces the present hold, and is in force when that one is gone.
  const next = ben.holdWrites(MEGABYTE)
  await debug.send('Page.setWebLifecycleState', { state: 'frozen' })
  await go()
  const hold = await next
  // Near the end there may be less than that to come.
  await Promise.race([hold.reached(), ben.hasAll()])
  await debug.send('Page.setWebLifecycleState', { state: 'active' })
  await hold.release()
}, { kept: true }), TIME)
