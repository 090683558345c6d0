/** The share in the making: title, note and recipients; its files are in `choosing.ts`. There is one at a time; it survives a change of view. */

import { computed, signal } from '@preact/signals'
import type { Audience, NewFile, Share } from '../contract'
import { codeOf } from '../errors'
import { displayText } from '../format'
import { makePreview } from '../previews'
import { proposedTitle, titleOfText } from '../proposed-title'
import { href, navigate } from '../route'
import { choice, forgetChoice, hasChoice, leaveOut, restoreChoice, selectedFiles } from './choosing'
import { drafts, holdFiles } from './drafts'
import { api } from './engine'
import { LocationError, prepareFiles, withAllUnreadable } from './prepare-files'
import { encryptingTransfer } from './transfers'

export const title = signal('')
/** What it is called if nothing is typed. */
export const proposal = computed(() =>
  hasChoice.value ? proposedTitle(choice.value.files, choice.value.folders) : titleOfText(note.value),
)
/** What it is called. */
export const shareTitle = computed(() => title.value.trim() || proposal.value)
export const note = signal('')
/** Whether there are files, or a note, which may be all that is shared. */
export const hasContents = computed(() => hasChoice.value || note.value.trim() !== '')
export const recipients = signal<ReadonlySet<string>>(new Set())
/** Reset to 'contacts' for every new share, so that nobody shares publicly or by link by accident. */
export const audience = signal<Audience['kind']>('contacts')
/** For a link: its password, and its last day in the format of a date field. Empty means none. */
export const password = signal('')
export const lastDay = signal('')
export const keepLocation = signal(false)
/** Whether the chosen people may add to it. */
export const adds = signal(false)
/** Whether those for whom it is may answer. */
export const answers = signal(true)
/** Paths of files in which the location stays, as the last try found. */
const located = signal<readonly string[]>([])
/** Files that may tell where they were taken, although that should be removed. The page asks about them. */
export const locationStays = computed(() => {
  const chosen = new Set(selectedFiles.value.map(({ path }) => path))
  return located.value.filter(path => chosen.has(path))
})
/** Those that the person shares all the same. */
let locationAllowed: ReadonlySet<string> = new Set()

/** The end of the last day in this time zone. */
export const expires = computed(() => (lastDay.value ? new Date(`${lastDay.value}T23:59:59.999`) : undefined))

/** The step that runs after "Share" was pressed: first previews, then the engine reads and encrypts. */
export type SendStep = { step: 'preparing'; done: number; of: number } | { step: 'sealing' }
export const sending = signal<SendStep | null>(null)

let controller: AbortController | undefined

export function toggleRecipient(id: string): void {
  const next = new Set(recipients.value)
  if (!next.delete(id)) next.add(id)
  recipients.value = next
  audience.value = 'contacts'
}

export function clear(): void {
  controller?.abort()
  forgetChoice()
  title.value = ''
  note.value = ''
  recipients.value = new Set()
  audience.value = 'contacts'
  password.value = ''
  lastDay.value = ''
  keepLocation.value = false
  adds.value = false
  answers.value = true
  located.value = []
  locationAllowed = new Set()
  sending.value = null
}

/** Forgets all that was chosen and typed. Returns what brings it back. */
export function clearUndoable(): () => void {
  const before = [title, note, recipients, audience, password, lastDay, keepLocation, adds, answers].map(field => {
    const { value } = field
    return () => (field.value = value)
  })
  const files = choice.peek()
  clear()
  return () => {
    for (const restore of before) restore()
    restoreChoice(files)
  }
}

/** Leaves out the files that may tell where they were taken. */
export function leaveOutLocated(): void {
  leaveOut(located.value)
  located.value = []
}

/** Shares them as they are. */
export function allowLocated(): void {
  locationAllowed = new Set([...locationAllowed, ...located.value])
  located.value = []
}

/** Codes of errors that mean: the engine of this call is gone. */
const ENGINE_GONE = new Set<string | undefined>(['engine-moved', 'engine-stopped'])

/** Encrypts and stores the share. What follows is an "up" transfer. */
export async function send(): Promise<Share> {
  controller = new AbortController()
  const { signal } = controller
  const earlier = new Set(drafts.value.map(({ id }) => id))
  let files: NewFile[] = []
  try {
    files = await prepareSelected(signal)
    sending.value = { step: 'sealing' }
    const text = note.value.trim()
    const folders = choice.value.folders.map(path => ({ path: `${path}/` as const }))
    const share = await api().shares.create(
      {
        title: shareTitle.value,
        ...(text && { note: text }),
        files: [...files, ...folders],
        audience: chosenAudience(),
        keepLocation: keepLocation.value,
        adds: adds.value && audience.value === 'contacts',
        answers: answers.value && audience.value === 'contacts',
      },
      { signal },
    )
    clear()
    return share
  } catch (error) {
    // Cancelling also discards the draft, because the person does not want to resume it.
    if (signal.aborted) await discardNew(earlier).catch(() => {})
    if (error instanceof LocationError) located.value = error.paths
    const draft = encryptingTransfer.value?.share
    if (draft && ENGINE_GONE.has(codeOf(error))) {
      holdFiles(draft, files)
      clear()
      navigate(href.home)
    }
    throw await withAllUnreadable(error, selectedFiles.value)
  } finally {
    sending.value = null
    controller = undefined
  }
}

export function cancelSending(): void {
  controller?.abort()
}

/** Discards the draft that this share has become by now. Those of other tabs have other titles, or are being read. */
async function discardNew(earlier: ReadonlySet<string>): Promise<void> {
  const mine = displayText(shareTitle.value.normalize('NFC'))
  for (const draft of await api().shares.drafts()) {
    if (!earlier.has(draft.id) && draft.title === mine) await api().shares.discard(draft.id)
  }
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
