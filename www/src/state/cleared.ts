/** Notices that the data of this site was deleted while the page is open. Nothing can be saved then, and nothing may pretend to be. */

import { signal } from '@preact/signals'

/** Long enough to cost nothing, and short enough that a person connects it with what they did. */
const WATCH_MS = 2_000

/** The engine's databases are named after it. */
const PREFIX = 'spinney/'

/** A tab that notices tells the others: one that had just been opened does not know what was there. */
const CHANNEL = 'spinney-cleared'

export const cleared = signal(false)

const others = new BroadcastChannel(CHANNEL)
others.onmessage = () => (cleared.value = true)

/** Watches from the moment when the engine is open, and so its databases are there. */
export async function watchStorage(): Promise<void> {
  // A browser that cannot list its databases notices with the next reload.
  if (!('databases' in indexedDB) || !(await hasDatabases())) return
  const look = async () => {
    if (cleared.value || (await hasDatabases().catch(() => true))) return
    cleared.value = true
    clearInterval(timer)
    others.postMessage(null)
  }
  const timer = setInterval(() => void look(), WATCH_MS)
  document.addEventListener('visibilitychange', () => void look())
}

async function hasDatabases(): Promise<boolean> {
  return (await indexedDB.databases()).some(({ name }) => name?.startsWith(PREFIX))
}
