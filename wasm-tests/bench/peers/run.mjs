// `cargo xtask bench peers`: what Spinney reaches beside what others reach, in the same browser and the same run.
//
// In every round each peer is measured once, one after the other and in browsers of its own, so that a slow spell of the
// machine falls on all. A ratio is the median of those of the rounds. Prints one table for the README, and every median.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { Here } from './lib/here.mjs'
import { bundlePage, servePages } from './lib/pages.mjs'
import { printFigures, printTable } from './table.mjs'

const PEERS = ['raw', 'helia', 'webtorrent', 'orbitdb', 'spinney']
/** Peers that have a page here; Spinney has its own. */
const PAGES = PEERS.slice(0, -1)
/** Most that one peer may take in one round, in milliseconds. */
const LONGEST = 4 * 60_000

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, only: { type: 'string', multiple: true, default: PEERS } },
})
const runs = Number(options.runs)
const peers = PEERS.filter(peer => options.only.includes(peer))

/** Milliseconds of every figure, by `peer figure`, one for each round; none where it failed. */
const figures = new Map()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort(new Error(signal)))

const pages = await servePages()
try {
  for (const peer of peers.filter(peer => PAGES.includes(peer))) await bundlePage(peer)
  for (let round = 0; round < runs; round++) {
    for (const peer of peers) await measure(peer, round)
  }
  const cpu = os.cpus()
  console.log(`\nMedians of ${runs} rounds in which all take turns; ${cpu.length} × ${cpu[0].model}, load ${os.loadavg()[1].toFixed(1)}.\n`)
  printTable(figures)
  printFigures(figures)
} finally {
  await pages.close()
}
process.exit()

async function measure(peer, round) {
  const { measure } = await import(`./${peer}/bench.mjs`)
  const here = new Here(pages.url)
  const start = performance.now()
  const note = (figure, milliseconds) => {
    const name = `${peer} ${figure}`
    if (!figures.has(name)) figures.set(name, [])
    figures.get(name)[round] = milliseconds
  }
  const end = AbortSignal.any([stop.signal, AbortSignal.timeout(LONGEST)])
  const ended = new Promise((_, reject) => end.addEventListener('abort', () => reject(end.reason)))
  try {
    await Promise.race([measure(here, note), ended])
  } catch (error) {
    stop.signal.throwIfAborted()
    // The others go on: what failed is missing in the table, and said.
    console.error(`round ${round + 1}, ${peer}: ${error.stack}`)
    process.exitCode = 1
  } finally {
    await here.end()
  }
  console.error(`round ${round + 1}, ${peer}: ${((performance.now() - start) / 1000).toFixed(1)} s, load ${os.loadavg()[0].toFixed(1)}`)
}
