/**
 * A newer build of the page, while this one is open: a reload is offered, and what was typed and chosen outlives it.
 *
 * It is kept in the memory of another tab, because what is not shared yet is written nowhere in clear. The tab that is
 * loaded again remembers only under which name.
 */

import { effect, signal } from '@preact/signals'
import type { Audience } from '../contract'
import type { Found } from '../selected-files'
import { s } from '../strings'
import { addFiles, choice, hasChoice } from './choosing'
import * as compose from './compose'
import { notify } from './notices'
import { lastUnlocked, me } from './session'

/** What is put together and not shared. */
interface Unsent {
  of: string
  files: Found[]
  title: string
  note: string
  recipients: string[]
  audience: Audience['kind']
  password: string
  lastDay: string
  keepLocation: boolean
  /** Absent where an earlier version put it away. */
  adds?: boolean
  answers?: boolean
}

type Message = { keep: string; unsent: Unsent } | { kept: string } | { give: string } | { given: string; unsent: Unsent }

const CHANNEL = 'spinney-unsent'
const NAME = 'spinney-unsent'
/** Longer than another tab needs to answer, unless it is frozen. */
const ANSWER_MS = 800
/** Tabs whose unsent shares are kept: more than anybody loads again at once. */
const MAX_KEPT = 8

/** What the caches of the service worker are called, before the name of the build. */
const SHELL = 'spinney-shell-'

/** How often a page that stays open asks its host for a newer build. */
const ASK_MS = 3_600_000

/** By then a page has got all that it starts with. */
const SETTLED_MS = 4_000

/** Whether a newer build is installed and serves this page after a reload. */
export const newVersion = signal(false)

export function watchVersion(): void {
  navigator.serviceWorker?.addEventListener('controllerchange', () => void isOutdated().then(is => (newVersion.value ||= is)))
  // The browser asks only some time after a page was loaded, and puts it off while the service worker has work.
  const ask = async () => (await navigator.serviceWorker?.getRegistration())?.update()
  const look = () => document.visibilityState === 'visible' && void ask().catch(() => {}) // without a line, the next time
  document.addEventListener('visibilitychange', look)
  setInterval(look, ASK_MS)
  // A new worker that comes while the one before serves the start of a page may wait for it without end.
  setTimeout(look, SETTLED_MS)
}

/** Whether the newest build whose files are kept is another one than this page's. */
async function isOutdated(): Promise<boolean> {
  const shells = (await caches.keys()).filter(name => name.startsWith(SHELL))
  return shells.length > 0 && shells.at(-1) !== `${SHELL}${__BUILD__}`
}

/** Keeps what other tabs hand over, and takes back what this one did before it was loaded again. */
export function keepForOthers(): void {
  const kept = new Map<string, Unsent>()
  const channel = new BroadcastChannel(CHANNEL)
  const say = (message: Message) => channel.postMessage(message)
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('keep' in data) {
      kept.set(data.keep, data.unsent)
      for (const name of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(name)
      say({ kept: data.keep })
    } else if ('give' in data) {
      const unsent = kept.get(data.give)
      kept.delete(data.give)
      if (unsent) say({ given: data.give, unsent })
    } else if ('given' in data && data.given === waiting()) takeBack(data.unsent)
  }
  // Only the person who put it together gets it back.
  effect(() => {
    const name = waiting()
    if (me.value && name !== null) say({ give: name })
  })
}

/** Whether something is put together that a reload would lose. */
export const hasUnsent = (): boolean => hasChoice.value || compose.title.value.trim() !== '' || compose.note.value.trim() !== ''

/** Hands over what is put together; false if no other tab keeps it. */
export async function handOver(): Promise<boolean> {
  // It waits for its author while the profile is locked because its engine went with another tab.
  const of = lastUnlocked.value
  if (!of || !hasUnsent()) return true
  const name = crypto.randomUUID()
  const unsent: Unsent = {
    of,
    files: [
      ...choice.value.files.map(({ chosenAs, file }) => ({ path: chosenAs, file })),
      ...choice.value.folders.map(path => ({ path, is: 'folder' as const })),
    ],
    title: compose.title.value,
    note: compose.note.value,
    recipients: [...compose.recipients.value],
    audience: compose.audience.value,
    password: compose.password.value,
    lastDay: compose.lastDay.value,
    keepLocation: compose.keepLocation.value,
    adds: compose.adds.value,
    answers: compose.answers.value,
  }
  const channel = new BroadcastChannel(CHANNEL)
  try {
    return await new Promise<boolean>(resolve => {
      setTimeout(() => resolve(false), ANSWER_MS)
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if (!('kept' in data) || data.kept !== name) return
        sessionStorage.setItem(NAME, name)
        resolve(true)
      }
      channel.postMessage({ keep: name, unsent } satisfies Message)
    })
  } finally {
    channel.close()
  }
}

function takeBack(unsent: Unsent): void {
  sessionStorage.removeItem(NAME)
  if (unsent.of !== me.value?.id || hasUnsent()) return
  compose.title.value = unsent.title
  compose.note.value = unsent.note
  compose.recipients.value = new Set(unsent.recipients)
  compose.audience.value = unsent.audience
  compose.password.value = unsent.password
  compose.lastDay.value = unsent.lastDay
  compose.keepLocation.value = unsent.keepLocation
  compose.adds.value = unsent.adds ?? false
  compose.answers.value = unsent.answers ?? true
  void addFiles(unsent.files)
  notify(s.version.restored)
}

function waiting(): string | null {
  try {
    return sessionStorage.getItem(NAME)
  } catch {
    return null
  }
}
