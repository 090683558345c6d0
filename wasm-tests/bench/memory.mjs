// How much memory all processes of a browser take together (Linux).
import { readdir, readFile } from 'node:fs/promises'

/** Bytes of all processes of the browser whose first is `pid`; what they share is counted once. */
export async function memory(pid) {
  const parents = new Map()
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // The command's name is in parentheses and may hold anything: the parent is the second field after it.
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
  for (const process of ours) {
    const rollup = await readFile(`/proc/${process}/smaps_rollup`, 'utf8').catch(() => '')
    sum += Number(rollup.match(/^Pss:\s+(\d+) kB/m)?.[1] ?? 0) * 1024
  }
  return sum
}

/** The most memory that the browser took while `work` ran, and what it took before. */
export async function peakWhile(pid, work) {
  const idle = await memory(pid)
  let peak = idle
  let running = true
  const watching = (async () => {
    while (running) peak = Math.max(peak, await memory(pid))
  })()
  try {
    await work()
  } finally {
    running = false
    await watching
  }
  return { idle, peak }
}
