// `cargo xtask bench [part…]`: Spinney, beside the browser alone in the same run.
//
// Bare and ours alternate, so that a slow moment of the machine affects both. A ratio is the median of the rounds'
// ratios. Prints one table for the README. Ends within LONGEST, and leaves nothing behind.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { Browser } from '../e2e/lib/browser.mjs'
import { MEGABYTE, noise } from '../e2e/lib/files.mjs'
import { friends, Person } from '../e2e/lib/person.mjs'
import { folder, removeFolders, root } from '../e2e/lib/place.mjs'
import { Relay } from '../e2e/lib/relay.mjs'
import { site } from '../e2e/lib/site.mjs'
import { scrolled } from './gallery.mjs'
import { peakWhile } from './memory.mjs'
import { fetchAll, inStep, link, news, seen, share, unlocks, whileLocked } from './ours.mjs'
import { Raw, rawHost } from './raw.mjs'

/** The longest time for everything, in milliseconds. Half of it is enough on two quiet cores. */
const LONGEST = 8 * 60_000
const ROUNDS = 5
const SIZE = 64 * MEGABYTE
/** Bytes in the blocks of `dag::CHUNK`, and in the batches of `store::BATCH_BYTES`. */
const BLOCK = 512 * 1024 + 16
const BATCH = 4 * MEGABYTE
const SMALL_FILES = 1_000
const SMALL_ROUNDS = 3
const STEP_FILES = 10_000
const PICTURES = 10_000
/** How long it is scrolled, in milliseconds. */
const SCROLL = 60_000
const LARGE = 1024 * MEGABYTE
/** The element that a new person needs to start. */
const USABLE = '.first button'
/** This process ends its browsers itself, even if it is told to stop. */
const UNTIL_WE_CLOSE = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }

const parts = { transfers, live, devices, small, page, unlock, step, gallery, memory }
const wanted = process.argv.slice(2)
/** Cleanups, run at the end, the last one first. */
const undo = []
/** Rows of the table, by whether they depend little or much on the machine. */
const ratios = []
const times = []
let at = 'the beginning'

const stopped = new Promise((_, reject) => {
  const stop = why => reject(new Error(`${why}, at ${at}`))
  setTimeout(stop, LONGEST, `not done within ${LONGEST / 60_000} minutes`).unref()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
})
try {
  await Promise.race([measure(), stopped])
  print()
} catch (error) {
  console.error(`error: ${error.message}`)
  process.exitCode = 1
} finally {
  for (const each of undo.reverse()) await each().catch(error => console.error(`left behind: ${error.message}`))
  process.exit()
}

async function measure() {
  const unknown = wanted.filter(name => !(name in parts))
  if (unknown.length > 0) throw new Error(`no part is called ${unknown}: there are ${Object.keys(parts).join(', ')}`)
  undo.push(removeFolders)
  await wasmSize()
  const relay = await Relay.start()
  undo.push(() => relay.stop())
  const host = await site({ relays: [relay.address] })
  undo.push(() => host.close())
  const bare = await rawHost()
  undo.push(() => bare.close())
  const disk = await folder('bench')
  at = 'two people who make profiles'
  const people = [await arrive('Anna', host.url), await arrive('Ben', host.url)]
  await friends(people)
  const [anna, ben] = people
  const world = { relay, host, bare, disk, anna, ben, bensId: await ben.id() }
  for (const [name, part] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    at = name
    const start = performance.now()
    await part(world)
    console.error(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
  }
}

/** A person with a profile, in a browser that ends with this process. */
async function arrive(name, url) {
  const person = await Person.arrive(name, url, UNTIL_WE_CLOSE)
  undo.push(() => person.leave())
  await person.makeProfile()
  return person
}

async function wasmSize() {
  const assets = path.join(root, 'www/dist/assets')
  const wasm = (await readdir(assets)).find(name => name.endsWith('.wasm'))
  if (!wasm) throw new Error('the page is not built: run `cargo xtask build`')
  const bytes = await readFile(path.join(assets, wasm))
  const megabytes = size => `${(size / 1e6).toFixed(2)} MB`
  ratios.push(['wasm with brotli', megabytes(brotliCompressSync(bytes).length), `${megabytes(bytes.length)} as it is`, '', '< 0.9 MB'])
}

/** 64 MiB into the browser, up to the relay and down from it, against the bare measure. */
async function transfers({ relay, bare, disk, anna, ben, bensId }) {
  const annas = await Raw.open(anna.browser, bare.url)
  const bens = await Raw.open(ben.browser, bare.url)
  const taken = { rawAdd: [], add: [], rawUp: [], up: [], rawDown: [], down: [] }
  // The first round warms caches and compilers. It is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    at = `64 MiB, round ${round}`
    const file = path.join(disk, `film-${round}.bin`)
    await writeFile(file, noise(SIZE))
    const now = {}
    now.rawAdd = await annas.write(SIZE, BLOCK, BATCH)
    const { id, add, push } = await share(anna, { title: `Film ${round}`, paths: [file], contact: bensId })
    Object.assign(now, { add, up: push })
    now.rawUp = await annas.up(SIZE)
    const before = await relay.bytesServed()
    // Otherwise her browser might serve it as well.
    now.down = await whileLocked(anna, () => fetchAll(ben, id))
    const served = (await relay.bytesServed()) - before
    if (served < SIZE) throw new Error(`only ${served} bytes came from the relay`)
    now.rawDown = await bens.down(SIZE)
    if (round > 0) for (const [what, seconds] of Object.entries(now)) taken[what].push(seconds)
  }
  await annas.close()
  await bens.close()
  const { rawAdd, add, rawUp, up, rawDown, down } = taken
  const rate = seconds => `${(SIZE / 1e6 / median(seconds)).toFixed(0)} MB/s`
  const row = (what, ours, raw, aim) => ratios.push([what, rate(ours), rate(raw), ratio(raw, ours), aim])
  row('adding 64 MiB, against IndexedDB alone', add, rawAdd, '≥ 0.7')
  row('pushing 64 MiB to the relay, against a bare WebSocket', up, rawUp, '≥ 0.5')
  row('fetching 64 MiB from the relay, against a bare WebSocket', down, rawDown, '≥ 0.5')
  ratios.push(['pushing against fetching', rate(up), rate(down), ratio(down, up), '0.8 to 1.25'])
}

/** A share of one small file: from its author's call to a friend's open page. */
async function live({ disk, anna, ben, bensId }) {
  await ben.go('')
  const whole = []
  const kept = []
  for (let round = 0; round <= ROUNDS; round++) {
    const file = path.join(disk, 'news.bin')
    await writeFile(file, noise(100_000))
    const taken = await news(anna, ben, { path: file, contact: bensId })
    if (round > 0) whole.push(taken.shown)
    if (round > 0) kept.push(taken.kept)
  }
  times.push(['a new share of 100 kB: kept by the relay', milliseconds(kept), '', '', ''])
  times.push(['a new share of 100 kB: shown on a friend’s open page', milliseconds(whole), '', '', '< 2,000 ms'])
}

/** Another browser of one person: linking it, and from a change in either to when the other hears of it. */
async function devices({ host, anna, bensId }) {
  const again = await Person.arrive('Anna', host.url, UNTIL_WE_CLOSE)
  undo.push(() => again.leave())
  const linked = await link(anna, again)
  const taken = []
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [one, other] of [[anna, again], [again, anna]]) {
      const seconds = await seen(one, other, { contact: bensId, name: `Ben ${crypto.randomUUID()}` })
      if (round > 0) taken.push(seconds)
    }
  }
  times.push(['linking another device, from the code to the friends there', milliseconds([linked]), '', '', ''])
  times.push(['a change in one browser of a person: known in another', milliseconds(taken), '', '', '< 2,000 ms'])
}

async function small({ disk, anna, ben, bensId }) {
  const taken = { add: [], push: [], fetch: [] }
  for (let round = 0; round < SMALL_ROUNDS; round++) {
    const paths = []
    for (let i = 0; i < SMALL_FILES; i++) {
      const file = path.join(disk, `small-${i}.bin`)
      await writeFile(file, noise(4096))
      paths.push(file)
    }
    const { id, add, push } = await share(anna, { title: `Small ${round}`, paths, contact: bensId })
    taken.add.push(add)
    taken.push.push(push)
    taken.fetch.push(await fetchAll(ben, id))
  }
  const seconds = Object.entries(taken).map(([what, seconds]) => `${what} ${median(seconds).toFixed(2)} s`)
  times.push(['1,000 files of 4 KiB', seconds.join(', '), '', '', ''])
}

/** From the start of the navigation to a usable page: the first visit, and later ones. */
async function page({ host, bare }) {
  const [first, again, empty] = [[], [], []]
  for (let round = 0; round < ROUNDS; round++) {
    const browser = await Browser.open('visitor', UNTIL_WE_CLOSE)
    try {
      empty.push(await ready(browser, bare.url, 'title'))
      first.push(await ready(browser, host.url, USABLE))
      again.push(await ready(browser, host.url, USABLE))
    } finally {
      await browser.close()
    }
  }
  times.push(['page ready, first visit', milliseconds(first), `${milliseconds(empty)} for an empty page`, '', ''])
  times.push(['page ready, later visits', milliseconds(again), '', '', ''])
}

/** Seconds until an element is in a page in a new tab, as the page measures it. */
async function ready(browser, url, selector) {
  const tab = await browser.context.newPage()
  await tab.goto(url, { waitUntil: 'commit' })
  const milliseconds = await tab.evaluate(selector => new Promise(resolve => {
    const look = () => (document.querySelector(selector) ? resolve(performance.now()) : requestAnimationFrame(look))
    look()
  }), selector)
  await tab.close()
  return milliseconds / 1000
}

async function unlock({ anna }) {
  times.push(['unlock', milliseconds(await unlocks(anna, ROUNDS)), '', '', ''])
}

/** A folder of many files that is kept in step, in the origin's own file system. */
async function step({ anna }) {
  const { unchanged, changed } = await inStep(anna, STEP_FILES, SMALL_ROUNDS)
  times.push(['a folder of 10,000 files: known to be unchanged', milliseconds(unchanged), '', '', '≤ 2,000 ms'])
  times.push(['a folder of 10,000 files: one changed, until it is in the share', milliseconds(changed), '', '', '≤ 3,000 ms'])
}

async function gallery({ anna }) {
  const { coming, again, selected } = await scrolled(anna, PICTURES, SCROLL, ROUNDS)
  const row = ({ median, most }) => `${median.toFixed(0)} ms, 95 % within ${most.toFixed(0)} ms`
  times.push(['a frame while 10,000 pictures are scrolled, the first time', row(coming), '', '', '≤ 17 ms'])
  times.push([`a frame while ${again.tiles.toLocaleString('en')} of them are scrolled again`, row(again), '', '', '≤ 17 ms'])
  if (!selected.every(({ says }) => says.startsWith('10,000 files'))) throw new Error(`not all are selected: ${selected[0].says}`)
  for (const [what, name] of [['begin', 'beginning to select among them'], ['all', 'selecting all of them'], ['end', 'selecting none again']]) {
    times.push([`${name}, until the page answers`, milliseconds(selected.map(each => each[what] / 1000)), '', '', '≤ 200 ms'])
  }
}

/** 1 GiB, in a browser that did nothing else, and without a relay, because pushing is another measure. */
async function memory({ disk }) {
  const host = await site({ relays: [] })
  undo.push(() => host.close())
  const carla = await arrive('Carla', host.url)
  const file = path.join(disk, 'large.bin')
  await writeFile(file, '')
  for (let i = 0; i < LARGE / SIZE; i++) await writeFile(file, noise(SIZE), { flag: 'a' })
  const measured = await peakWhile(carla.browser.pid, () => share(carla, { title: 'One GiB', paths: [file] }))
  const above = measured && `${((measured.peak - measured.idle) / 1e6).toFixed(0)} MB`
  const idle = measured && `${(measured.idle / 1e6).toFixed(0)} MB when idle`
  ratios.push(['memory of all browser processes above idle, adding 1 GiB', above ?? 'measured on Linux only', idle ?? '', '', '< 150 MB'])
}

function print() {
  const cpu = os.cpus()
  console.log(`\nMedians of ${ROUNDS} rounds, bare and ours taking turns; ${cpu.length} × ${cpu[0].model}.\n`)
  console.log('| what | Spinney | the browser alone | ratio | aim |\n|---|---|---|---|---|')
  for (const row of [...ratios, ...times]) console.log(`| ${row.join(' | ')} |`)
}

/** How many times as fast as `raw` `ours` is, for each round. */
function ratio(raw, ours) {
  return median(raw.map((seconds, round) => seconds / ours[round])).toFixed(2)
}

function milliseconds(seconds) {
  return `${(median(seconds) * 1000).toFixed(0)} ms`
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
