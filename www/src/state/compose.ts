/** The share in the making: files with previews, title, note and recipients. There is one at a time; it survives a change of view. */

import { computed, type Signal, signal } from '@preact/signals'
import type { Audience, NewFile, Share } from '../contract'
import { codeOf } from '../errors'
import { withTrueType } from '../media-type'
import { inOrder } from '../order'
import { type PathProblem, pathProblem, uniquePath } from '../paths'
import { makePreview } from '../previews'
import { href, navigate } from '../route'
import type { SelectedFile } from '../selected-files'
import { holdFiles } from './drafts'
import { api } from './engine'
import { LocationError, prepareFiles } from './prepare-files'
import { encryptingTransfer } from './transfers'

export interface ComposedFile {
  path: string
  file: File
  /** undefined: not made yet; null: the file has no preview. */
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
/** Reset to 'contacts' for every new share, so that nobody shares publicly or by link by accident. */
export const audience = signal<Audience['kind']>('contacts')
/** For a link: its password, and its last day in the format of a date field. Empty means none. */
export const password = signal('')
export const lastDay = signal('')
export const keepLocation = signal(false)
/** Files that may tell where they were taken, although that should be removed. The page asks about them. */
export const locationStays = signal<readonly string[]>([])
/** Those that the person shares all the same. */
let locationAllowed: ReadonlySet<string> = new Set()

export const totalSize = computed(() => selectedFiles.value.reduce((sum, { file }) => sum + file.size, 0))

/** The end of the last day in this time zone. */
export const expires = computed(() => (lastDay.value ? new Date(`${lastDay.value}T23:59:59.999`) : undefined))

/** The step that runs after "Share" was pressed: first previews, then the engine reads and encrypts. */
export type SendStep = { step: 'preparing'; done: number; of: number } | { step: 'sealing' }
export const sending = signal<SendStep | null>(null)

let controller: AbortController | undefined
/** The engine's draft when the person cancelled. */
let cancelledDraft: string | undefined

/** Adds files as they are found. Files whose names cannot be shared are listed as rejected. */
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
      part.push({ path: free, file: await withTrueType(file), preview: signal(undefined) })
      if (part.length >= 100) flush()
    }
    flush()
    selectedFiles.value = inOrder(selectedFiles.value.map(each => ({ ...each, type: each.file.type })))
  } finally {
    reading.value = false
  }
  void makePreviews()
}

export function rejectFile(path: string, why: RejectedFile['why']): void {
  rejectedFiles.value = [...rejectedFiles.value, { path, why }]
}

// A file that is chosen twice is added once.
function isSame(known: File | undefined, file: File): boolean {
  return known?.size === file.size && known.lastModified === file.lastModified
}

export function removeFile(path: string): void {
  selectedFiles.value = selectedFiles.value.filter(known => known.path !== path)
  locationStays.value = locationStays.value.filter(known => known !== path)
}

/** Leaves out the files that may tell where they were taken. */
export function leaveOutLocated(): void {
  const located = new Set(locationStays.value)
  selectedFiles.value = selectedFiles.value.filter(({ path }) => !located.has(path))
  locationStays.value = []
}

/** Shares them as they are. */
export function allowLocated(): void {
  locationAllowed = new Set([...locationAllowed, ...locationStays.value])
  locationStays.value = []
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
  locationStays.value = []
  locationAllowed = new Set()
  sending.value = null
}

let makingPreviews = false

/** Makes the missing previews one after another, in the order of the files. */
async function makePreviews(): Promise<void> {
  if (makingPreviews) return
  makingPreviews = true
  try {
    for (let some = withoutPreview(); some.length; some = withoutPreview()) {
      for (const each of some) {
        // The files were removed or sent meanwhile.
        if (!selectedFiles.peek().length) break
        each.preview.value ??= await makePreview(each.file)
      }
    }
  } finally {
    makingPreviews = false
  }
}

const withoutPreview = () => selectedFiles.peek().filter(({ preview }) => preview.peek() === undefined)

/** Codes of errors that mean: the engine of this call is gone. */
const ENGINE_GONE = new Set<string | undefined>(['engine-moved', 'engine-stopped'])

/** Encrypts and stores the share. What follows is an "up" transfer. */
export async function send(): Promise<Share> {
  controller = new AbortController()
  cancelledDraft = undefined
  const { signal } = controller
  let files: NewFile[] = []
  try {
    files = await prepareSelected(signal)
    sending.value = { step: 'sealing' }
    const text = note.value.trim()
    const share = await api().shares.create(
      { title: title.value.trim(), ...(text && { note: text }), files, audience: chosenAudience() },
      { signal },
    )
    clear()
    return share
  } catch (error) {
    // Cancelling also discards the draft, because the person does not want to resume it.
    if (signal.aborted && cancelledDraft)
      await api()
        .shares.discard(cancelledDraft)
        .catch(() => {})
    if (error instanceof LocationError) locationStays.value = error.paths
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
    keepLocation: keepLocation.value,
    asTheyAre: locationAllowed,
    signal,
    onStep: (done, of) => (sending.value = { step: 'preparing', done, of }),
    previewOf: async ({ path, file }) => {
      const known = made.get(path)
      if (!known) return makePreview(file, signal)
      known.value ??= await makePreview(file, signal)
      return known.value
    },
  })
}
