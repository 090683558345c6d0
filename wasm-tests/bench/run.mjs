// `cargo xtask bench`: what Spinney reaches, beside what the browser reaches by itself in the same run.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { MEGABYTE, noise } from '../e2e/lib/files.mjs'
import { friends, Person } from '../e2e/lib/person.mjs'
import { folder, removeFolders, root } from '../e2e/lib/place.mjs'
import { Relay } from '../e2e/lib/relay.mjs'
import { site } from '../e2e/lib/site.mjs'
import { peakWhile } from './memory.mjs'
import { rawIndexedDb, rawServer, rawWebSocket } from './raw.mjs'

const SIZE = 64 * MEGABYTE
const ROUNDS = 3
const SMALL_FILES = 1_000

const relay = await Relay.start()
const host = await site({ relays: [relay.address] })
const raw = await rawServer()
const disk = await folder('bench')
const rows = []
const people = []

try {
  for (const name of ['Anna', 'Ben']) people.push(await Person.arrive(name, host.url))
  const [anna, ben] = people
  for (const person of people) {
    person.page.setDefaultTimeout(600_000)
    await person.makeProfile()
  }
  await friends(people)

  await measurePage(anna)
  await measureUnlock(anna)
  await measureTransfers(anna, ben)
  await measureSmallFiles(anna, ben)
  await measureMemory(anna)
} finally {
  for (const person of people) await person.leave()
  raw.close()
  await host.close()
  await relay.stop()
  await removeFolders()
}

console.log('\n| what | Spinney | the browser itself | ratio | aim |\n|---|---|---|---|---|')
for (const row of rows) console.log(`| ${row.map(cell => cell ?? '').join(' | ')} |`)

async function measurePage(person) {
  const assets = path.join(root, 'www/dist/assets')
  const wasm = (await readdir(assets)).find(name => name.endsWith('.wasm'))
  const bytes = await readFile(path.join(assets, wasm))
  rows.push(['wasm, with brotli', `${(brotliCompressSync(bytes).length / 1e6).toFixed(2)} MB (${(bytes.length / 1e6).toFixed(1)} MB raw)`, '', '', 'under 0.9 MB'])
  const seconds = []
  for (let i = 0; i < 5; i++) {
    const page = await person.browser.context.newPage()
    const start = performance.now()
    await page.goto(host.url)
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
    seconds.push((performance.now() - start) / 1000)
    await page.close()
  }
  rows.push(['page ready, in a further tab', `${(median(seconds) * 1000).toFixed(0)} ms`])
}

async function measureUnlock(person) {
  const seconds = await person.api(async ({ spinney, passphrase, rounds }) => {
    const { id } = await spinney.profiles.current()
    const taken = []
    for (let i = 0; i < rounds; i++) {
      await spinney.profiles.lock()
      const start = performance.now()
      await spinney.profiles.unlock(id, passphrase)
      taken.push((performance.now() - start) / 1000)
    }
    return taken
  }, { passphrase: person.passphrase, rounds: 5 })
  rows.push(['unlock', `${(median(seconds) * 1000).toFixed(0)} ms`])
  await person.connected()
}

async function measureTransfers(anna, ben) {
  const measured = { add: [], rawAdd: [], up: [], rawUp: [], down: [], rawDown: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const file = path.join(disk, `film-${round}.bin`)
    await writeFile(file, noise(SIZE))
    measured.rawAdd.push(await rawIndexedDb(anna.page, SIZE))
    const { add, up, share } = await shareFiles(anna, `Film ${round}`, [file], await ben.id())
    measured.add.push(add)
    measured.up.push(up)
    measured.rawUp.push(await rawWebSocket(anna.page, raw.url, 'up', SIZE))
    measured.down.push(await fetchAll(ben, share))
    measured.rawDown.push(await rawWebSocket(ben.page, raw.url, 'down', SIZE))
  }
  const rate = seconds => SIZE / 1e6 / median(seconds)
  const row = (what, ours, theirs, aim) => {
    rows.push([what, `${rate(ours).toFixed(0)} MB/s`, `${rate(theirs).toFixed(0)} MB/s`, (rate(ours) / rate(theirs)).toFixed(2), aim])
  }
  row('adding 64 MiB, against raw IndexedDB', measured.add, measured.rawAdd, '0.7')
  row('pushing 64 MiB to the relay, against a raw WebSocket', measured.up, measured.rawUp, '0.5')
  row('fetching 64 MiB from the relay, against a raw WebSocket', measured.down, measured.rawDown, '0.5')
  rows.push(['up against down', '', '', (rate(measured.up) / rate(measured.down)).toFixed(2), '0.8 to 1.25'])
}

async function measureSmallFiles(anna, ben) {
  const files = []
  for (let i = 0; i < SMALL_FILES; i++) {
    const file = path.join(disk, `small-${i}.bin`)
    await writeFile(file, noise(4096))
    files.push(file)
  }
  const { add, up, share } = await shareFiles(anna, 'Many small files', files, await ben.id())
  const down = await fetchAll(ben, share)
  rows.push(['1,000 files of 4 KiB: add, push, fetch', [add, up, down].map(seconds => `${seconds.toFixed(1)} s`).join(', ')])
}

async function measureMemory(person) {
  const file = path.join(disk, 'large.bin')
  await writeFile(file, '')
  for (let i = 0; i < 16; i++) await writeFile(file, noise(64 * MEGABYTE), { flag: 'a' })
  await person.api(({ spinney }) => spinney.shares.list())
  const { idle, peak } = await peakWhile(person.browser.pid, () => shareFiles(person, 'One GiB', [file], null))
  rows.push(['memory of all browser processes above idle, adding 1 GiB', `${((peak - idle) / 1e6).toFixed(0)} MB`, '', '', 'under 150 MB'])
}

/** Shares files from the disk through the typed API: seconds until it is stored, and from then until a keeper has it. */
async function shareFiles(person, title, paths, contact) {
  const input = await person.page.evaluateHandle(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    return input
  })
  await input.setInputFiles(paths)
  return person.api(async ({ spinney, input, title, contact }) => {
    const files = [...input.files].map(file => ({ path: file.name, file }))
    const audience = contact ? { kind: 'contacts', ids: [contact] } : { kind: 'self' }
    const events = spinney.events()[Symbol.asyncIterator]()
    const start = performance.now()
    const { id } = await spinney.shares.create({ title, files, audience })
    const stored = performance.now()
    for (;;) {
      const { value } = await events.next()
      if (value.type !== 'transfer' || value.share !== id || value.direction !== 'up') continue
      if (value.state === 'failed') throw new Error(value.error?.message)
      if (value.state === 'done') break
    }
    await events.return()
    return { share: id, add: (stored - start) / 1000, up: (performance.now() - stored) / 1000 }
  }, { input, title, contact })
}

/** Seconds until everything of a share, which is known already, is fetched. */
async function fetchAll(person, share) {
  return person.api(async ({ spinney, share }) => {
    const events = spinney.events()[Symbol.asyncIterator]()
    for (let known = false; !known; ) {
      known = (await spinney.shares.list()).some(({ id }) => id === share)
      if (!known) await events.next()
    }
    const start = performance.now()
    const transfer = await spinney.shares.download(share)
    for (;;) {
      const { value } = await events.next()
      if (value.type !== 'transfer' || value.id !== transfer) continue
      if (value.state === 'failed') throw new Error(value.error?.message)
      if (value.state === 'done') break
    }
    await events.return()
    return (performance.now() - start) / 1000
  }, { share })
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
