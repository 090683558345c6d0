// Measures how much memory all processes of a browser use together (Linux).
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'

/**
 * Milliseconds between two samples: often enough to see the peak of one batch, seldom enough to leave the browser its
 * Milliseconds for which the idle browser is sampled before `work` starts.
 */
const EVERY = 100
/** How long the browser is sampled at rest, before `work` starts. */
const IDLE = 3_000

/** Bytes of all processes of the browser whose first is `pid`. Shared memory counts once. */
async function memory(pid) {
  const parents = new Map()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // The command's name is in parentheses and may contain anything. The parent is the second field after it.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    parents.set(Number(name), parent)
  }
  const ours = new Set([pid])
  for (let grown = true; grown; ) {
    grown = false
    for (const [child, parent] of parents) {
      if (ours.has(parent) && !ours.has(child)) grown = !!ours.add(child)
    }
  }
  let sum = 0
  for (const each of ours) {
    const rollup = await readFile(`/proc/${each}/smaps_rollup`, 'utf8').catch(() => '')
    sum += Number(rollup.match(/^Pss:\s+(\d+) kB/m)?.[1] ?? 0) * 1024
  }
  return sum
}

/** The highest memory use while `work` ran, and the lowest before it. Undefined except on Linux. */
export async function peakWhile(pid, work) {
  if (process.platform !== 'linux') return undefined
  let idle = Infinity
  for (const end = performance.now() + IDLE; performance.now() < end; await after(EVERY)) {
    idle = Math.min(idle, await memory(pid))
  }
  let peak = idle
  let running = true
  const watching = (async () => {
    for (; running; await after(EVERY)) peak = Math.max(peak, await memory(pid))
  })()
  try {
    await work()
  } finally {
    running = false
    await watching
  }
  return { idle, peak }
}
