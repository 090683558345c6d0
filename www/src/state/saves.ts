/** What is saved out of this browser now, and what broke off. */

import { computed, signal } from '@preact/signals'
import type { SaveNews, SaveProgress } from '../engine/protocol'
import { s } from '../strings'
import { notify } from './notices'

/** The service worker tells of each save every second. One of which nothing is heard for this long has lost it, in milliseconds. */
const LOST_MS = 15_000
const LOOK_MS = 5_000

export interface Save extends Omit<SaveProgress, 'state'> {
  /** `building` is a save that this page makes itself, because there is no service worker. */
  state: SaveProgress['state'] | 'started' | 'building'
  /** When something was heard of it. */
  heardAt: number
  /** Ends one that is built. */
  cancel?: () => void
}

const saves = signal<ReadonlyMap<string, Save>>(new Map())

/** What a person is told of: browsers show the progress of all others. */
export const shownSaves = computed(() => [...saves.value.values()].filter(({ state }) => SHOWN.has(state)))
const SHOWN: ReadonlySet<string> = new Set(['building', 'waiting', 'failed'])

/** Whether bytes are on their way out of this browser. */
export const isSaving = computed(() => [...saves.value.values()].some(({ state }) => state === 'running' || state === 'building'))

let looking: ReturnType<typeof setInterval> | undefined

export function putSave(save: Omit<Save, 'heardAt'>): void {
  const before = saves.value.get(save.id)
  saves.value = new Map(saves.value).set(save.id, { ...before, ...save, heardAt: Date.now() })
  if (save.state === 'failed' && before?.state !== 'failed')
    notify(`${failureText(save)} ${save.code === 'locked' ? '' : s.saving.goOn}`.trim(), 'bad')
  if (looking === undefined) {
    lookedAt = Date.now()
    looking = setInterval(findLost, LOOK_MS)
  }
}

export function removeSave(id: string): void {
  const rest = new Map(saves.value)
  rest.delete(id)
  saves.value = rest
}

/** Nothing of one profile is shown to the next. */
export function forgetSaves(): void {
  for (const save of saves.value.values()) save.cancel?.()
  saves.value = new Map()
}

export function failureText({ name, code }: Pick<Save, 'name' | 'code'>): string {
  // The name of a file is not for everybody who sees a locked screen.
  if (code === 'locked') return s.saving.locked
  return s.saving.failed(name, code === 'engine-stopped' ? s.saving.stopped : (s.errors[code ?? ''] ?? ''))
}

let lookedAt = Date.now()

/** A save whose service worker was ended tells nothing any more. */
function findLost(): void {
  const now = Date.now()
  // A page that stood still, as behind a locked screen, has not read yet what it was told.
  const stoodStill = now - lookedAt > 2 * LOOK_MS
  lookedAt = now
  if (stoodStill) saves.value = new Map([...saves.value].map(([id, save]) => [id, { ...save, heardAt: now }]))
  for (const save of saves.value.values()) {
    const lives = save.state === 'running' || save.state === 'waiting' || save.state === 'started'
    if (lives && now - save.heardAt > LOST_MS) putSave({ ...save, state: 'failed', code: 'engine-stopped' })
  }
  if ([...saves.value.values()].every(({ state }) => state === 'failed' || state === 'building')) {
    clearInterval(looking)
    looking = undefined
  }
}

navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<Partial<SaveNews>>) => {
  for (const save of data.saves ?? []) {
    if (save.state === 'done' || save.state === 'cancelled') removeSave(save.id)
    else putSave(save)
  }
})
