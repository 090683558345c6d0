// Polling, for conditions that neither the page nor an event reports.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { PATIENCE } from './browser.mjs'

/** Milliseconds between two polls. */
const PAUSE = 100

/** Waits until `ask` returns `answer`. If that never happens, the error says what it returned. */
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
