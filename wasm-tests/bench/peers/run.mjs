// `cargo xtask bench peers`: Spinney beside other libraries, in the same browser and the same run.
//
// In every round each peer is measured once, one after the other and in browsers of its own, so that a slow moment of
// the machine affects all. A ratio is the median of the rounds' ratios. Prints one table for the README, and every
// median.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { Here } from './lib/here.mjs'
import { bundlePage, servePages } from './lib/pages.mjs'
import { printFigures, printTable } from './table.mjs'

const PEERS = ['raw', 'helia', 'webtorrent', 'orbitdb', 'spinney']
/** Peers that have a page here. Spinney has its own. */
const PAGES = PEERS.slice(0, -1)
/** The longest time for one peer in one round, in milliseconds. */
const LONGEST = 4 * 60_000

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, only: { type: 'string', multiple: true, default: PEERS } },
})
const runs = Number(options.runs)
const peers = PEERS.filter(peer => options.only.includes(peer))

/** Milliseconds of every figure, by `peer figure`, one for each round. Undefined if it failed. */
const figures = new Map()
/** Ends what is being measured, with an error. */
let end
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    isStopped = true
    end?.(new Error(signal))
  })
}

const pages = await servePages()
try {
  for (const peer of peers.filter(peer => PAGES.includes(peer))) await bundlePage(peer)
  for (let round = 0; round < runs; round++) {
    // Each peer is first once in turn, and last once.
    for (let i = 0; i < peers.length && !isStopped; i++) await measure(peers[(i + round) % peers.length], round)
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
  const ended = new Promise((_, reject) => { end = reject })
  const timer = setTimeout(() => end(new Error(`not done in ${LONGEST / 60_000} minutes`)), LONGEST)
  try {
    await Promise.race([measure(here, note), ended])
  } catch (error) {
    // The others go on. The table lacks what failed, and says so.
    console.error(`round ${round + 1}, ${peer}: ${error.message.split('\n')[0]}`)
    process.exitCode = 1
  } finally {
    clearTimeout(timer)
    await here.end()
  }
  console.error(`round ${round + 1}, ${peer}: ${((performance.now() - start) / 1000).toFixed(1)} s, load ${os.loadavg()[0].toFixed(1)}`)
}
