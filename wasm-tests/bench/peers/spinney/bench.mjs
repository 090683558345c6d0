// Spinney: the built page in the browsers of two friends. What they share is encrypted for one another.
//
// The relay keeps a share before anybody hears of it. On a direct connection this does not matter, because direct
// peers are asked first. To measure the circuit alone, the relay's blocks are deleted.
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { digest, film, noise, write } from '../../../e2e/lib/files.mjs'
import { friends, Person } from '../../../e2e/lib/person.mjs'
import { folder } from '../../../e2e/lib/place.mjs'
import { Relay } from '../../../e2e/lib/relay.mjs'
import { site } from '../../../e2e/lib/site.mjs'
import { until } from '../../../e2e/lib/until.mjs'
import { fetchAll, news, share } from '../../ours.mjs'
import { AT_ONCE, median, NEWS, SIZE, SMALL, SMALL_FILES } from '../sizes.mjs'

export async function measure(here, note) {
  const disk = await folder('peers')
  const direct = await meet(here, 'direct')
  const { relay, anna, ben, contact } = direct
  note('direct connect', await connect(ben))
  await ben.go('')
  note('direct news', await letters())
  const before = await relay.bytesServed()
  note('direct small', await small('kept', async id => (await fetchAll(ben, id)) * 1000))
  note('direct looked', await small('looked at', async id => (await read(ben, id)).all))
  await watch('direct', direct)
  await nothingCame(relay, before)
  for (const person of [anna, ben]) await person.leave()
  await watch('relay', await meet(here, 'relay'))

  async function letters() {
    const [letter] = await write(disk, { letter: noise(1_000) })
    const taken = []
    for (let i = 0; i < NEWS; i++) taken.push((await news(anna, ben, { path: letter, contact })).shown * 1000)
    return median(taken)
  }

  /** Shares many small files, and fetches them in one of two ways. */
  async function small(title, fetch) {
    const files = Array.from({ length: SMALL_FILES }, (_, i) => [`${i}`.padStart(4, '0'), noise(SMALL)])
    const paths = await write(disk, Object.fromEntries(files))
    const { id } = await share(anna, { title: `Small, ${title}`, paths, contact })
    await until(() => knows(ben, id), true)
    const taken = await fetch(id)
    await read(ben, id)
    if ((await digestOfRead(ben)) !== digest(Buffer.concat(files.map(([, bytes]) => bytes)))) {
      throw new Error('other small files came than were shared')
    }
    return taken
  }

  /** One friend shares a film, and the other reads it to its end. */
  async function watch(way, { relay, anna, ben, contact }) {
    const made = await film(disk, `${way}.bin`, SIZE)
    const { id } = await share(anna, { title: 'Film', paths: [made.path], contact })
    await until(() => knows(ben, id), true)
    if (way === 'relay') await rm(path.join(relay.data, 'blocks'), { recursive: true })
    const before = await relay.bytesServed()
    const spent = await here.windowTime(ben.page)
    const { first, all } = await read(ben, id)
    note(`${way} window`, await spent())
    note(`${way} first`, first)
    note(`${way} film`, all)
    await nothingCame(relay, before)
    if ((await via(ben)) !== way) throw new Error(`the film did not come over ${way} alone`)
    if ((await digestOfRead(ben)) !== made.digest) throw new Error('another film came than was shared')
  }
}

/** Two friends without other contacts, connected directly or only through their relay. */
async function meet(here, way) {
  const relay = await Relay.start()
  here.atEnd(() => relay.stop())
  const host = await site({ relays: [relay.address] })
  here.atEnd(() => host.close())
  const people = []
  for (const name of ['Anna', 'Ben']) {
    const person = await Person.arrive(name, host.url, { direct: way === 'direct', handleSIGINT: false, handleSIGTERM: false })
    here.atEnd(() => person.leave())
    await person.makeProfile()
    people.push(person)
  }
  await friends(people)
  const [anna, ben] = people
  for (const person of people) await until(() => via(person), way)
  return { relay, anna, ben, contact: await ben.id() }
}

/** The path to the only contact. It is direct if there is a direct connection too. */
function via(person) {
  return person.api(async ({ spinney }) => {
    const { peers } = await spinney.network.status()
    const ways = peers.filter(({ contact }) => contact).map(({ via }) => via)
    return ways.includes('direct') ? 'direct' : ways[0]
  })
}

/** Milliseconds from the return to the relay, where the other friend is, to a direct connection. */
async function connect(person) {
  const taken = await person.api(async ({ spinney, passphrase }) => {
    const since = async is => {
      while (!is(await spinney.network.status())) await new Promise(resolve => setTimeout(resolve, 1))
      return performance.now()
    }
    const { id } = await spinney.profiles.current()
    await spinney.profiles.lock()
    await spinney.profiles.unlock(id, passphrase)
    const online = await since(({ relays }) => relays.some(({ connected }) => connected))
    const direct = await since(({ peers }) => peers.some(({ contact, via }) => contact && via === 'direct'))
    return direct - online
  }, { passphrase: person.passphrase })
  await person.connected()
  return taken
}

/** Whether a share is known here. */
function knows(person, share) {
  return person.api(async ({ spinney, share }) => (await spinney.shares.list()).some(({ id }) => id === share), { share })
}

/**
 * Reads all files of a share to their ends, some at once. Returns the milliseconds to the first bytes and to the
 * last.
 */
function read(person, share) {
  return person.api(async ({ spinney, share, count, atOnce }) => {
    const start = performance.now()
    let first
    const files = (await spinney.shares.files(share, { limit: count })).map(({ path }) => ({ path, parts: [] }))
    globalThis.read = files
    const left = [...files]
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let file; (file = left.shift()); ) {
        for await (const part of spinney.shares.read(share, file.path)) {
          first ??= performance.now() - start
          file.parts.push(part)
        }
      }
    }))
    return { first, all: performance.now() - start }
  }, { share, count: SMALL_FILES, atOnce: AT_ONCE })
}

/** The SHA-256 of the files that were read last, in sequence. */
function digestOfRead(person) {
  return person.page.evaluate(async () => {
    const hash = await crypto.subtle.digest('SHA-256', await new Blob(read.flatMap(({ parts }) => parts)).arrayBuffer())
    return Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('')
  })
}

async function nothingCame(relay, before) {
  const served = (await relay.bytesServed()) - before
  if (served > SIZE / 10) throw new Error(`${served} bytes came from what the relay keeps`)
}
