// Whatever happens to a transfer between two browsers that are connected directly: it goes on, and ends byte for byte.
import assert from 'node:assert/strict'
import { Detour } from './lib/detour.mjs'
import { digest, film, MEGABYTE } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world({ direct: true })

const SIZE = 64 * MEGABYTE
/** Moments of one transfer at which something happens to it. */
const MOMENTS = process.env.SPINNEY_LONG ? 20 : 3
/** What may come twice for each: what the reader had asked for, on its way over two paths, and had not stored. */
const IN_FLIGHT = 10 * MEGABYTE
/** Most time from when a relay is back until both are connected to it, and through it, in milliseconds. */
const BACK = 5_000
/** For a test of so many moments, and for the transfer in it. */
const TIME = { timeout: 120_000 + 30_000 * MOMENTS }

const via = async person => (await person.path()).via
const direct = person => until(() => via(person), 'direct')

/** Lets a window say how many bytes its peer connections have received, and keep them at hand in `connections`. */
function count() {
  window.connections = []
  const bytes = []
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args)
      window.connections.push(this)
    }
  }
  setInterval(async () => {
    for (const [i, connection] of window.connections.entries()) {
      for (const { type, bytesReceived } of (await connection.getStats()).values()) {
        if (type === 'transport') bytes[i] = bytesReceived
      }
    }
    window.tell(performance.timeOrigin, bytes.reduce((sum, each) => sum + (each ?? 0), 0))
  }, 100)
}

/**
 * Ben fetches what Anna has shared with him, and at so many moments something happens; each is waited for to be over
 * before the next, and meanwhile nothing more of the file is stored.
 */
async function transfer(happens, { kept = false, arrive = () => {} } = {}) {
  const received = new Map()
  const [anna, ben] = await Promise.all(['Anna', 'Ben'].map(async name => {
    const person = await here.visitor(name)
    const { context } = person.browser
    await context.exposeFunction('tell', (window, bytes) => name === 'Ben' && received.set(window, bytes))
    await context.addInitScript(count)
    await arrive(person)
    await person.page.reload()
    await person.makeProfile()
    return person
  }))
  await here.befriend(anna, ben)
  for (const person of [anna, ben]) await direct(person)

  const whole = await film(await folder('film'), 'film.bin', SIZE)
  await anna.share({ title: 'The film', files: whole.path, to: ['Ben'] })
  if (kept) await anna.kept()
  await ben.openShare('The film')
  const served = await here.relay.bytesServed()
  await ben.keep()
  for (let moment = 1; moment <= MOMENTS; moment++) {
    await ben.bar('Progress of Fetching', (SIZE / (MOMENTS + 1)) * moment)
    await happens(anna, ben)
  }
  await ben.hasAll(TIME.timeout)
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
  const directly = [...received.values()].reduce((sum, each) => sum + each, 0)
  // Of a relay that was killed less than before, since it counts anew.
  const relayed = Math.max(0, (await here.relay.bytesServed()) - served)
  assert.ok(directly + relayed <= SIZE + MOMENTS * IN_FLIGHT, `${directly} bytes came directly and ${relayed} from the relay`)
}

/** Lets nothing more be stored at somebody's until what is to be waited for is over. */
async function meanwhile(person, over) {
  const hold = await person.holdWrites(0)
  await over()
  await hold.release()
}

here.test('the author closes their tab, and comes back', () => transfer(async (anna, ben) => {
  await anna.page.close()
  await meanwhile(ben, async () => {
    await anna.comeBack()
    await direct(ben)
  })
}, { kept: true }), TIME)

here.test('the reader closes their tab, and comes back', () => transfer(async (anna, ben) => {
  await ben.page.close()
  await ben.comeBack()
  await ben.openShare('The film')
}), TIME)

here.test('of two tabs of the reader the one that hosts the connections closes', () => transfer(async (anna, ben) => {
  const leader = ben.page
  ben.page = await ben.browser.tab(ben.page.url())
  await ben.heading('The film')
  await leader.close()
  await ben.unlock()
  await ben.heading('The film')
}), TIME)

here.test('the relay stops and starts again, and is connected within five seconds', () => transfer(async () => {
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
  for (let moment = 1; moment <= MOMENTS; moment++) {
    await all('relay')
    await here.relay.kill()
    await all(undefined)
    await here.relay.restart()
    const back = Date.now()
    await all('relay')
    const taken = Date.now() - back
    assert.ok(taken < BACK, `${taken} ms`)
  }
})

here.test('the direct connection is closed', () => transfer(async (anna, ben) => {
  await anna.page.evaluate(() => window.connections.forEach(connection => connection.close()))
  await meanwhile(ben, () => direct(ben))
}, { kept: true }), TIME)

here.test('the network lets nothing through any more but to the relay', async () => {
  const detour = new Detour()
  try {
    await transfer(async (anna, ben) => {
      detour.blocked = true
      await meanwhile(ben, async () => {
        await until(() => via(ben), 'relay')
        detour.blocked = false
        await direct(ben)
      })
    }, { kept: true, arrive: person => detour.lead(person) })
  } finally {
    detour.close()
  }
}, TIME)

// Headless windows are never hidden; a page that is frozen is what becomes of those that are, on a phone.
here.test('the author’s page is frozen in the background', () => transfer(async (anna, ben) => {
  const debug = await anna.page.context().newCDPSession(anna.page)
  const hold = await ben.holdWrites(4 * MEGABYTE)
  await debug.send('Page.setWebLifecycleState', { state: 'frozen' })
  await hold.reached()
  await debug.send('Page.setWebLifecycleState', { state: 'active' })
  await hold.release()
}, { kept: true }), TIME)
