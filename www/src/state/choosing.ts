/** The files of the share in the making: what was chosen, and what of it is left out and why. */

import { computed, type Signal, signal } from '@preact/signals'
import { ChosenFiles, emptyAmong } from '../chosen-files'
import { LIMITS } from '../generated'
import { withTrueType } from '../media-type'
import { inOrder } from '../order'
import { type PathProblem, pathProblem } from '../paths'
import { makePreview } from '../previews'
import type { Found, SelectedFile } from '../selected-files'
import { systemFile } from '../system-files'

export interface ComposedFile {
  /** Its path in the share, and the one under which it was chosen. */
  path: string
  chosenAs: string
  file: File
  /** undefined: not made yet; null: the file has no preview. */
  preview: Signal<Blob | null | undefined>
}

export interface RejectedFile {
  path: string
  why: PathProblem | 'unreadable' | 'nameless' | 'folders'
}

/** All that was chosen. */
export interface Choice {
  files: readonly ComposedFile[]
  /** Paths of folders in which there is nothing. */
  folders: readonly string[]
  rejected: readonly RejectedFile[]
  /** How many files and folders of systems are left out. */
  system: number
}

const NOTHING: Choice = { files: [], folders: [], rejected: [], system: 0 }

export const choice = signal<Choice>(NOTHING)
export const selectedFiles = computed(() => choice.value.files)
export const rejectedFiles = computed(() => choice.value.rejected)
export const totalSize = computed(() => selectedFiles.value.reduce((sum, { file }) => sum + file.size, 0))
/** Whether there is something to share. */
export const hasChoice = computed(() => choice.value.files.length > 0 || choice.value.folders.length > 0)

const readings = signal(0)
/** Whether folders are read, or files compared, that were chosen. */
export const reading = computed(() => readings.value > 0)

/** Files shown at once while more are read. */
const SHOWN_AT_ONCE = 100

/** One choice is taken in after the other, so that each knows the names of those before. */
let last: Promise<unknown> = Promise.resolve()
/** What was chosen earlier than this is forgotten. */
let era = 0

type Source = Iterable<Found> | AsyncIterable<Found>

/** Takes in files as they are found. Resolves to whether anything was in it. */
export function addFiles(found: Source): Promise<boolean> {
  readings.value += 1
  const mine = era
  const taken = last.then(() => (mine === era ? takeIn(found, mine) : false)).finally(() => (readings.value -= 1))
  last = taken.catch(() => {})
  return taken
}

/** Resolves when all that was chosen until now is taken in. */
export const allTakenIn = async (): Promise<void> => {
  await last
}

async function takeIn(found: Source, mine: number): Promise<boolean> {
  const before = choice.peek()
  const chosen = new ChosenFiles(before.files, before.folders)
  const folders = new Set(before.folders)
  const system = new Map<string, SelectedFile | undefined>()
  let isAny = false
  let part: ComposedFile[] = []
  const flush = async () => {
    const taken = part
    part = []
    const files = await Promise.all(taken.map(withType))
    if (files.length && mine === era) change(now => ({ files: [...now.files, ...files] }))
  }
  const take = async (chosenAs: string, file: File) => {
    const why = pathProblem(chosenAs)
    if (why) return reject(chosenAs, why)
    const outcome = await chosen.add(chosenAs, file)
    if (outcome === 'same') return
    if (outcome === 'unreadable') return reject(chosenAs, outcome)
    if (mine !== era) return
    const fresh = (path: string): ComposedFile => ({ path, chosenAs, file, preview: signal(undefined) })
    if ('replaced' in outcome) {
      await flush()
      const made = await withType(fresh(outcome.replaced))
      return change(({ files }) => ({ files: files.map(each => (each.path === made.path ? made : each)) }))
    }
    part.push(fresh(outcome.added))
    if (part.length >= SHOWN_AT_ONCE) await flush()
  }
  for await (const each of found) {
    if (mine !== era) return false
    const { path, file } = each
    const of = systemFile(path)
    if (of !== undefined) {
      system.set(of, file && of === path ? each : undefined)
      continue
    }
    isAny = true
    if (file) await take(path, file)
    else if (each.is === 'folder') folders.add(chosen.addFolder(path))
    else reject(path, each.is)
  }
  // Who chooses such a file and nothing else means it.
  const meant = isAny ? [] : [...system.values()].filter(each => each !== undefined)
  for (const { path, file } of meant) await take(path, file)
  await flush()
  if (mine !== era) return false
  change(({ files }) => ({ files: inOrder(files.map(each => ({ ...each, type: each.file.type }))) }))
  keepEmpty(folders)
  if (!meant.length) change(now => ({ system: now.system + system.size }))
  void makePreviews()
  return isAny || system.size > 0
}

const withType = async (each: ComposedFile): Promise<ComposedFile> => ({ ...each, file: await withTrueType(each.file) })

/** Keeps those folders that are empty and have a name that a share can have. */
function keepEmpty(folders: Iterable<string>): void {
  const empty = emptyAmong(folders, choice.peek().files)
  for (const path of empty) {
    const why = pathProblem(path)
    if (why) reject(path, why)
  }
  const fit = empty.filter(path => !pathProblem(path))
  for (const path of fit.slice(LIMITS.folders)) reject(path, 'folders')
  change(() => ({ folders: fit.slice(0, LIMITS.folders) }))
}

function change(next: (now: Choice) => Partial<Choice>): void {
  choice.value = { ...choice.peek(), ...next(choice.peek()) }
}

function reject(path: string, why: RejectedFile['why']): void {
  change(({ rejected }) => ({ rejected: [...rejected, { path, why }] }))
}

export function removeFile(path: string): void {
  leaveOut([path])
}

/** Takes files out of the choice again. */
export function leaveOut(paths: Iterable<string>): void {
  const out = new Set(paths)
  change(({ files }) => ({ files: files.filter(({ path }) => !out.has(path)) }))
}

export function removeFolder(path: string): void {
  change(({ folders }) => ({ folders: folders.filter(each => each !== path) }))
}

export function forgetChoice(): void {
  era += 1
  choice.value = NOTHING
}

/** Puts back a choice that was cleared, with what was chosen since. */
export function restoreChoice(before: Choice): void {
  const { files, folders } = choice.peek()
  era += 1
  choice.value = before
  void makePreviews()
  const since = [
    ...files.map(({ chosenAs, file }) => ({ path: chosenAs, file })),
    ...folders.map(path => ({ path, is: 'folder' as const })),
  ]
  if (since.length) void addFiles(since)
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
