/** Locks the profile after a time without use that its person chose for this browser. */

import { signal } from '@preact/signals'
import { reading } from './choosing'
import { sending } from './compose'
import { isSaving } from './saves'
import { lock, me } from './session'

/** Minutes that can be chosen; 0 is never. */
export const LOCK_AFTER = [0, 5, 15, 60] as const

/** Where this browser keeps the choice, and when any of its tabs was last used. */
const CHOICE = 'spinney-lock-after'
const USED = 'spinney-used'
const MINUTE_MS = 60_000
/** How often it is looked at, and how exactly the last use is noted. */
const LOOK_MS = 5_000

export const lockAfter = signal(Number(stored(CHOICE)) || 0)
/** For browsers that keep nothing. A tab that the browser opens again by itself was not used by that. */
let usedHere = Number(stored(USED)) || Date.now()

export function setLockAfter(minutes: number): void {
  lockAfter.value = minutes
  store(CHOICE, minutes)
  note(Date.now())
}

export function watchUse(): void {
  for (const type of ['pointerdown', 'keydown', 'wheel', 'touchmove']) addEventListener(type, onUse, { capture: true, passive: true })
  // After a sleep of the device the clock has moved on, and the timer has not.
  document.addEventListener('visibilitychange', look)
  addEventListener('storage', ({ key, newValue }) => {
    if (key === CHOICE) lockAfter.value = Number(newValue) || 0
  })
  setInterval(look, LOOK_MS)
}

function onUse(): void {
  const now = Date.now()
  if (lockAfter.peek() === 0 || now - usedHere < LOOK_MS) return
  // What comes too late locks first.
  look()
  note(now)
}

function note(now: number): void {
  usedHere = now
  store(USED, now)
}

function look(): void {
  // Who has no passphrase is not locked out of anything: everybody here could open it again.
  if (!me.peek() || me.peek()?.waiting || lockAfter.peek() === 0) return
  const used = Math.max(usedHere, Number(stored(USED)) || 0)
  // What is read, saved or watched would break off.
  if (Date.now() - used < lockAfter.peek() * MINUTE_MS || isBusy()) return
  void lock()
}

const isBusy = () => reading.peek() || sending.peek() || isSaving.peek() || [...document.querySelectorAll('video, audio')].some(isPlaying)
const isPlaying = (media: Element) => media instanceof HTMLMediaElement && !media.paused

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

function store(name: string, value: number): void {
  try {
    localStorage.setItem(name, String(value))
  } catch {
    // Where storage is blocked, it holds until the page is closed.
  }
}
