/** Notices that the data of this site was deleted while the page is open. Nothing can be saved then, and nothing may pretend to be. */

import { signal } from '@preact/signals'
import { detach } from './engine'

/** Long enough to cost nothing, and short enough that a person connects it with what they did. */
const WATCH_MS = 2_000

/**
 * An empty database stands for all that is kept here, as its name is never used again: another tab may start an engine
 * on nothing, and has the engine's databases back before this one looks.
 */
const MARK = 'spinney-mark/'

/** A tab that notices tells the others, which begin to look late. */
const CHANNEL = 'spinney-cleared'

export const cleared = signal(false)

const others = new BroadcastChannel(CHANNEL)
others.onmessage = notice

/** Watches from the start of the page. */
export async function watchStorage(): Promise<void> {
  // A browser that cannot list its databases notices with the next reload.
  if (!('databases' in indexedDB)) return
  const mark = (await marks())[0] ?? (await setMark())
  const look = async () => {
    if (cleared.value || (await marks().catch(() => [mark])).includes(mark)) return
    clearInterval(timer)
    others.postMessage(null)
    notice()
  }
  const timer = setInterval(() => void look(), WATCH_MS)
  document.addEventListener('visibilitychange', () => void look())
}

function notice(): void {
  cleared.value = true
  // What it stands on is gone, and a tab that is loaded again must not meet it.
  detach()
}

async function marks(): Promise<string[]> {
  return (await indexedDB.databases()).map(({ name }) => name ?? '').filter(name => name.startsWith(MARK))
}

function setMark(): Promise<string> {
  const name = `${MARK}${crypto.randomUUID()}`
  const opening = indexedDB.open(name)
  return new Promise((resolve, reject) => {
    opening.onsuccess = () => {
      opening.result.close()
      resolve(name)
    }
    opening.onerror = () => reject(opening.error)
  })
}
