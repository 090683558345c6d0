/** Files that were dropped or pasted on any screen: they go into the share in the making, or wait until there can be one. */

import { computed, effect, signal } from '@preact/signals'
import { href, navigate, route } from '../route'
import type { Found } from '../selected-files'
import { s } from '../strings'
import { systemFile } from '../system-files'
import { addFiles, choice, hasChoice, reading } from './choosing'
import { sending } from './compose'
import { engine, isFramed, sharedOrigin } from './engine'
import { notify } from './notices'
import { me } from './session'

/** What waits for a profile, or for the end of the share that is encrypted now. */
const waiting = signal<readonly Found[]>([])
let waitsFor: 'later' | 'locked' = 'later'
/** What waits, without what systems made for themselves. */
export const waitingFound = computed(() => waiting.value.filter(({ path }) => systemFile(path) === undefined))
/** How many files wait: none if it is folders alone. undefined: nothing waits. */
export const waitingFiles = computed(() => {
  const fit = waitingFound.value
  return fit.length ? fit.filter(({ file }) => file).length : undefined
})

/** Takes what is dropped or pasted instead of the share in the making, while the page of a drop box is shown. */
export const taker = signal<((found: AsyncIterable<Found> | Iterable<Found>) => void) | null>(null)

/** Whether files can be taken in now, or what has to happen first. */
export const intake = computed<'now' | 'later' | 'locked' | 'never'>(() => {
  if (isFramed || sharedOrigin(location.pathname) || engine.value.state === 'failed') return 'never'
  if (taker.value) return 'now'
  if (!me.value) return 'locked'
  return sending.value ? 'later' : 'now'
})

/** Takes in what was dropped or pasted, and says what becomes of it. */
export async function receive(found: AsyncIterable<Found> | Iterable<Found>): Promise<void> {
  const when = intake.peek()
  if (when === 'never') return notify(s.incoming.never, 'bad')
  const instead = taker.peek()
  if (instead) return instead(found)
  if (when === 'now') {
    showChoice()
    if (!(await addFiles(found))) notify(s.incoming.nothing, 'bad')
    return
  }
  const all: Found[] = []
  for await (const each of found) all.push(each)
  if (all.every(({ path }) => systemFile(path) !== undefined)) return notify(s.incoming.nothing, 'bad')
  waitsFor = when
  waiting.value = [...waiting.peek(), ...all]
  // The screens without a profile show what waits. Meanwhile the share before may be encrypted.
  const n = waitingFiles.peek()
  if (when === 'later' && n !== undefined) notify(s.incoming.later(n))
}

/** Puts what waits into the share in the making. */
export function takeWaiting(): void {
  const found = waiting.peek()
  const n = waitingFiles.peek() ?? 0
  if (!found.length) return
  waiting.value = []
  // Meanwhile the person may look at something else while the share before is encrypted.
  if (waitsFor === 'locked') showChoice()
  else if (route.peek().view !== 'share') notify(s.incoming.taken(n))
  void addFiles(found)
}

export function forgetWaiting(): void {
  waiting.value = []
}

function showChoice(): void {
  if (route.peek().view !== 'share') navigate(href.share)
}

/** What waits is taken in by itself as soon as there is a share that it cannot be meant for by mistake: an empty one. */
export function watchWaiting(): void {
  effect(() => {
    const isFree = intake.value === 'now' && !taker.value && !hasChoice.value && !reading.value && !choice.value.rejected.length
    // Afterwards, because a profile that is unlocked forgets the choice of the one before.
    if (isFree && waiting.value.length) queueMicrotask(takeWaiting)
  })
}
