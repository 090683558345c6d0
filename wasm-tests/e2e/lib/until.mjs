// Waiting for what neither the page nor an event tells, and which is therefore asked for again and again.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { PATIENCE } from './browser.mjs'

/** Milliseconds between two questions. */
const PAUSE = 100

/** Waits until what `ask` gives is `answer`; says what it was instead if that never comes. */
export async function until(ask, answer, patience = PATIENCE) {
  for (const end = Date.now() + patience; ; await sleep(PAUSE)) {
    const last = await ask()
    try {
      return assert.deepEqual(last, answer)
    } catch (different) {
      if (Date.now() > end) throw different
    }
  }
}
