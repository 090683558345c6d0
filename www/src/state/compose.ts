/** The share being put together: files with their previews, words, people. One at a time, kept while views change. */

import { computed, type Signal, signal } from '@preact/signals'
import type { Audience, NewFile, Share } from '../contract'
import { codeOf } from '../errors'
import { type PathProblem, pathProblem, uniquePath } from '../paths'
import { makePreview } from '../previews'
import { href, navigate } from '../route'
import type { SelectedFile } from '../selected-files'
import { holdFiles } from './drafts'
import { api } from './engine'
import { prepareFiles } from './prepare-files'
import { encryptingTransfer } from './transfers'

export interface ComposedFile {
  path: string
  file: File
  /** undefined: being made; null: there is none. */
  preview: Signal<Blob | null | undefined>
}

export interface RejectedFile {
  path: string
  why: PathProblem | 'unreadable'
}

export const selectedFiles = signal<readonly ComposedFile[]>([])
export const rejectedFiles = signal<readonly RejectedFile[]>([])
export const reading = signal(false)
export const title = signal('')
export const note = signal('')
export const recipients = signal<ReadonlySet<string>>(new Set())
/** Back to chosen people with every new share: a public one and a link are chosen each time anew. */
export const audience = signal<Audience['kind']>('contacts')
/** What a link asks for, and the last day on which it opens, as a date field writes it; empty: nothing, never. */
export const password = signal('')
export const lastDay = signal('')
export const keepLocation = signal(false)

export const totalSize = computed(() => selectedFiles.value.reduce((sum, { file }) => sum + file.size, 0))

/** The moment at which that day ends here. */
export const expires = computed(() => (lastDay.value ? new Date(`${lastDay.value}T23:59:59.999`) : undefined))

/** What the share is doing once it was sent off: previews first, then the engine reads and seals. */
export type SendStep = { step: 'preparing'; done: number; of: number } | { step: 'sealing' }
export const sending = signal<SendStep | null>(null)

let controller: AbortController | undefined
/** The draft that was being read when it was cancelled. */
let cancelledDraft: string | undefined

/** Adds files as they are found; those whose name cannot be shared are listed by name instead. */
export async function addFiles(found: Iterable<SelectedFile> | AsyncIterable<SelectedFile>): Promise<void> {
  reading.value = true
  try {
    const known = new Map(selectedFiles.value.map(({ path, file }) => [path, file]))
    let part: ComposedFile[] = []
    const flush = () => {
      selectedFiles.value = [...selectedFiles.value, ...part]
      part = []
    }
    for await (const { path, file } of found) {
      const why = pathProblem(path)
      if (why) {
        rejectFile(path, why)
        continue
      }
      if (isSame(known.get(path), file)) continue
      const free = uniquePath(path, path => known.has(path))
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

export function rejectFile(path: string, why: RejectedFile['why']): void {
  rejectedFiles.value = [...rejectedFiles.value, { path, why }]
}

// The same file chosen twice is meant once.
function isSame(known: File | undefined, file: File): boolean {
  return known?.size === file.size && known.lastModified === file.lastModified
}

export function removeFile(path: string): void {
  selectedFiles.value = selectedFiles.value.filter(known => known.path !== path)
}

export function toggleRecipient(id: string): void {
  const next = new Set(recipients.value)
  if (!next.delete(id)) next.add(id)
  recipients.value = next
  audience.value = 'contacts'
}

export function clear(): void {
  controller?.abort()
  selectedFiles.value = []
  rejectedFiles.value = []
  title.value = ''
  note.value = ''
  recipients.value = new Set()
  audience.value = 'contacts'
  password.value = ''
  lastDay.value = ''
  keepLocation.value = false
  sending.value = null
}

let makingPreviews = false

/** Makes the previews that are missing, one after the other, those of the first files first. */
async function makePreviews(): Promise<void> {
  if (makingPreviews) return
  makingPreviews = true
  try {
    for (let some = withoutPreview(); some.length; some = withoutPreview()) {
      for (const each of some) {
        // Everything was left out, or sent, meanwhile.
        if (!selectedFiles.peek().length) break
        each.preview.value ??= await makePreview(each.file)
      }
    }
  } finally {
    makingPreviews = false
  }
}

const withoutPreview = () => selectedFiles.peek().filter(({ preview }) => preview.peek() === undefined)

/** What a call ends with when its engine has. */
const ENGINE_GONE = new Set<string | undefined>(['engine-moved', 'engine-stopped'])

/** Seals and stores the share; what follows is an "up" transfer. */
export async function send(): Promise<Share> {
  controller = new AbortController()
  cancelledDraft = undefined
  const { signal } = controller
  let files: NewFile[] = []
  try {
    files = await prepareSelected(signal)
    sending.value = { step: 'sealing' }
    const text = note.value.trim()
    const share = await api().shares.create({ title: title.value.trim(), ...(text && { note: text }), files, audience: chosenAudience() }, { signal })
    clear()
    return share
  } catch (error) {
    // Whoever cancels does not mean to go on: what was read of it is not kept as a draft.
    if (signal.aborted && cancelledDraft) await api().shares.discard(cancelledDraft).catch(() => {})
    const draft = encryptingTransfer.value?.share
    if (draft && ENGINE_GONE.has(codeOf(error))) {
      holdFiles(draft, files)
      clear()
      navigate(href.home)
    }
    throw error
  } finally {
    sending.value = null
    controller = undefined
  }
}

export function cancelSending(): void {
  cancelledDraft = encryptingTransfer.value?.share
  controller?.abort()
}

function chosenAudience(): Audience {
  switch (audience.value) {
    case 'contacts':
      return { kind: 'contacts', ids: [...recipients.value] }
    case 'link':
      return { kind: 'link', ...(password.value && { password: password.value }), ...(expires.value && { expires: expires.value }) }
    default:
      return { kind: audience.value }
  }
}

function prepareSelected(signal: AbortSignal): Promise<NewFile[]> {
  const made = new Map(selectedFiles.value.map(each => [each.path, each.preview]))
  return prepareFiles(selectedFiles.value, {
    keepPlaces: keepLocation.value,
    signal,
    onStep: (done, of) => (sending.value = { step: 'preparing', done, of }),
    pictureOf: async ({ path, file }) => {
      const known = made.get(path)
      if (!known) return makePreview(file, signal)
      known.value ??= await makePreview(file, signal)
      return known.value
    },
  })
}
