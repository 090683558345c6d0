/** The share being put together: files with their previews, words, people. One at a time, kept while views change. */

import { computed, signal, type Signal } from '@preact/signals'
import type { Audience, NewFile, Share } from '../contract'
import { codeOf } from '../errors'
import { freePath, type Refusal, refusal } from '../paths'
import type { Found } from '../picked'
import { preview } from '../previews'
import { go, href } from '../route'
import { hold } from './drafts'
import { api } from './engine'
import { prepare } from './prepare'
import { adding } from './transfers'

export interface Picked {
  path: string
  file: File
  /** undefined: being made; null: there is none. */
  preview: Signal<Blob | null | undefined>
}

export interface Refused {
  path: string
  why: Refusal | 'unreadable'
}

export const picked = signal<readonly Picked[]>([])
export const refused = signal<readonly Refused[]>([])
export const reading = signal(false)
export const title = signal('')
export const note = signal('')
export const recipients = signal<ReadonlySet<string>>(new Set())
/** Back to chosen people with every new share: a public one and a link are chosen each time anew. */
export const audience = signal<Audience['kind']>('contacts')
/** What a link asks for, and the last day on which it opens, as a date field writes it; empty: nothing, never. */
export const password = signal('')
export const lastDay = signal('')
export const keepPlaces = signal(false)

export const size = computed(() => picked.value.reduce((sum, { file }) => sum + file.size, 0))

/** The moment at which that day ends here. */
export const ends = computed(() => (lastDay.value ? new Date(`${lastDay.value}T23:59:59.999`) : undefined))

/** What the share is doing once it was sent off: previews first, then the engine reads and seals. */
export type Sending = { step: 'preparing'; done: number; of: number } | { step: 'sealing' }
export const sending = signal<Sending | null>(null)

let stop: AbortController | undefined
/** The draft that was being read when it was cancelled. */
let abandoned: string | undefined

/** Adds files as they are found; those whose name cannot be shared are listed by name instead. */
export async function addFiles(found: Iterable<Found> | AsyncIterable<Found>): Promise<void> {
  reading.value = true
  try {
    const known = new Map(picked.value.map(({ path, file }) => [path, file]))
    let part: Picked[] = []
    const flush = () => {
      picked.value = [...picked.value, ...part]
      part = []
    }
    for await (const { path, file } of found) {
      const why = refusal(path)
      if (why) {
        refuse(path, why)
        continue
      }
      if (isSame(known.get(path), file)) continue
      const free = freePath(path, path => known.has(path))
      known.set(free, file)
      part.push({ path: free, file, preview: signal(undefined) })
      if (part.length >= 100) flush()
    }
    flush()
  } finally {
    reading.value = false
  }
  void makePreviews()
}

export function refuse(path: string, why: Refused['why']): void {
  refused.value = [...refused.value, { path, why }]
}

// The same file chosen twice is meant once.
function isSame(known: File | undefined, file: File): boolean {
  return known?.size === file.size && known.lastModified === file.lastModified
}

export function leaveOut(path: string): void {
  picked.value = picked.value.filter(known => known.path !== path)
}

export function toggleRecipient(id: string): void {
  const next = new Set(recipients.value)
  if (!next.delete(id)) next.add(id)
  recipients.value = next
  audience.value = 'contacts'
}

export function clear(): void {
  stop?.abort()
  picked.value = []
  refused.value = []
  title.value = ''
  note.value = ''
  recipients.value = new Set()
  audience.value = 'contacts'
  password.value = ''
  lastDay.value = ''
  keepPlaces.value = false
  sending.value = null
}

let making = false

/** Makes the previews that are missing, one after the other, those of the first files first. */
async function makePreviews(): Promise<void> {
  if (making) return
  making = true
  try {
    for (let some = unmade(); some.length; some = unmade()) {
      for (const each of some) {
        // Everything was left out, or sent, meanwhile.
        if (!picked.peek().length) break
        each.preview.value ??= await preview(each.file)
      }
    }
  } finally {
    making = false
  }
}

const unmade = () => picked.peek().filter(({ preview }) => preview.peek() === undefined)

/** What a call ends with when its engine has. */
const GONE = new Set<string | undefined>(['engine-moved', 'engine-stopped'])

/** Seals and stores the share; what follows is an "up" transfer. */
export async function send(): Promise<Share> {
  stop = new AbortController()
  abandoned = undefined
  const { signal } = stop
  let files: NewFile[] = []
  try {
    files = await preparePicked(signal)
    sending.value = { step: 'sealing' }
    const text = note.value.trim()
    const share = await api().shares.create({ title: title.value.trim(), ...(text && { note: text }), files, audience: chosenAudience() }, { signal })
    clear()
    return share
  } catch (error) {
    // Whoever cancels does not mean to go on: what was read of it is not kept as a draft.
    if (signal.aborted && abandoned) await api().shares.discard(abandoned).catch(() => {})
    const draft = adding.value?.share
    if (draft && GONE.has(codeOf(error))) {
      hold(draft, files)
      clear()
      go(href.home)
    }
    throw error
  } finally {
    sending.value = null
    stop = undefined
  }
}

export function cancelSending(): void {
  abandoned = adding.value?.share
  stop?.abort()
}

function chosenAudience(): Audience {
  switch (audience.value) {
    case 'contacts':
      return { kind: 'contacts', ids: [...recipients.value] }
    case 'link':
      return { kind: 'link', ...(password.value && { password: password.value }), ...(ends.value && { expires: ends.value }) }
    default:
      return { kind: audience.value }
  }
}

function preparePicked(signal: AbortSignal): Promise<NewFile[]> {
  const made = new Map(picked.value.map(each => [each.path, each.preview]))
  return prepare(picked.value, {
    keepPlaces: keepPlaces.value,
    signal,
    onStep: (done, of) => (sending.value = { step: 'preparing', done, of }),
    pictureOf: async ({ path, file }) => {
      const known = made.get(path)
      if (!known) return preview(file, signal)
      known.value ??= await preview(file, signal)
      return known.value
    },
  })
}
