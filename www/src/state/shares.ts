/** All shares, newest first, and the first files of each for its preview. */

import { computed, signal } from '@preact/signals'
import type { Delivery, FileEntry, Share } from '../contract'
import { failure } from '../engine/error'
import { isViewable } from '../media-type'
import { inOrder } from '../order'
import { api } from './engine'
import { HiddenIds } from './hidden-ids'

/** Page size of the list: more than a screen, few enough to load at once. */
const PAGE = 40
/** A mosaic has five tiles. */
const FIRST_FILES = 5
/** Names in which a card looks for pictures: some hundred kilobytes of a friend's list at most. */
const NAMES = 1_000

const engineShares = signal<ReadonlyMap<string, Share>>(new Map())
/** Whether older shares are not loaded yet. */
export const moreShares = signal(false)
export const sharesListed = signal(false)
/** How often the list was loaded: what is not in it, as what was added to albums, is loaded again then. */
export const listings = signal(0)
/** The delivery state of each recipient, by share and contact. */
export const deliveries = signal<ReadonlyMap<string, ReadonlyMap<string, Delivery['state']>>>(new Map())

const hiddenShares = new HiddenIds()
/** Recipients that were removed from a share, as pairs of ids. */
const hiddenRecipients = new HiddenIds()
const pair = (share: string, contact: string) => `${share} ${contact}`
/** Files that were taken out of a share, as pairs of its id and a path. */
const hiddenFiles = new HiddenIds()

/** The shares without what is hidden, before the engine knows of the removal. */
const sharesById = computed<ReadonlyMap<string, Share>>(() => {
  const left = [...engineShares.value.values()].filter(({ id }) => !hiddenShares.has(id))
  return new Map(left.map(share => [share.id, withoutHiddenRecipients(share)]))
})

/** Returns the same object if no recipient is hidden. */
function withoutHiddenRecipients(share: Share): Share {
  const stays = (contact: string) => !hiddenRecipients.has(pair(share.id, contact))
  const { recipients } = share
  return !recipients || recipients.every(stays) ? share : { ...share, recipients: recipients.filter(stays) }
}

const newestFirst = (a: Share, b: Share) => b.created.getTime() - a.created.getTime()

/** The album to which a share was added, if it is here: the share is shown there alone. */
export const albumOf = (share: Share): Share | undefined => (share.album === undefined ? undefined : findShare(share.album))

/** All shares but what was added to an album that is here. */
export const shares = computed(() => [...sharesById.value.values()].filter(share => !albumOf(share)).sort(newestFirst))

/** What was added to each album, the newest first. */
const additions = computed<ReadonlyMap<string, readonly Share[]>>(() => {
  const added = [...sharesById.value.values()].filter(albumOf).sort(newestFirst)
  const byAlbum = new Map<string, Share[]>()
  for (const share of added) byAlbum.set(share.album ?? '', [...(byAlbum.get(share.album ?? '') ?? []), share])
  return byAlbum
})

export const additionsTo = (album: string): readonly Share[] => additions.value.get(album) ?? []

/** Whether there is something in a share that the reader has not opened, or in what was added to it. */
export const isUnread = (share: Share): boolean => share.unread || additionsTo(share.id).some(added => added.unread)

/** The number of shares with content that the reader has not opened. */
export const unreadCount = computed(() => shares.value.filter(isUnread).length)

export const findShare = (id: string): Share | undefined => sharesById.value.get(id)

/** Loads the newest page again and keeps the older shares that are loaded. */
export async function listShares(): Promise<void> {
  const page = await api().shares.list({ limit: PAGE })
  const last = page.at(-1)
  const older = page.length < PAGE || !last ? [] : [...engineShares.value.values()].filter(share => share.created < last.created)
  engineShares.value = new Map([...page, ...older].map(share => [share.id, share]))
  moreShares.value = page.length === PAGE && older.length === 0
  sharesListed.value = true
  listings.value += 1
}

export async function listOlderShares(): Promise<void> {
  // What was added to an album is not in the engine's list.
  const last = shares.value.at(-1)
  if (!last) return
  const page = await api().shares.list({ before: last.id, limit: PAGE })
  engineShares.value = new Map([...engineShares.value, ...page.map(share => [share.id, share] as const)])
  moreShares.value = page.length === PAGE
}

/** Loads what was added to an album. */
export async function loadAdditions(album: string): Promise<void> {
  for (const share of await api().shares.list({ album })) addShare(share)
}

/** Loads one share that is not in the list yet. */
export async function loadShare(id: string): Promise<void> {
  if (hiddenShares.has(id)) throw failure('not-found', 'this share was removed')
  if (!engineShares.value.has(id)) addShare(await api().shares.get(id))
}

export function putShare(share: Share, change: 'received' | 'updated' | 'removed'): void {
  if (change === 'removed') return dropShare(share.id)
  const before = engineShares.value.get(share.id)
  if (before?.root !== share.root || before.unlisted !== share.unlisted || before.cover !== share.cover) firstFilesCache.delete(share.id)
  addShare(share)
}

export function addShare(share: Share): void {
  engineShares.value = new Map(engineShares.value).set(share.id, share)
}

/** Hides a share until the returned function is called. */
export const hideShare = (id: string): (() => void) => hiddenShares.hide([id])

/** Hides these files of a share until the returned function is called. */
export const hideFiles = (id: string, paths: Iterable<string>): (() => void) => hiddenFiles.hide([...paths].map(path => `${id} ${path}`))

export const isFileHidden = (id: string, path: string): boolean => hiddenFiles.has(`${id} ${path}`)

/** Hides these recipients of a share until the returned function is called. */
export const hideRecipients = (id: string, recipients: readonly string[]): (() => void) =>
  hiddenRecipients.hide(recipients.map(contact => pair(id, contact)))

function dropShare(id: string): void {
  const rest = new Map(engineShares.value)
  rest.delete(id)
  engineShares.value = rest
}

/** Marks a share as read, here at once and then in the engine. */
export function markRead(id: string): void {
  // What was added to an album is looked at with it.
  for (const now of [engineShares.value.get(id), ...additionsTo(id)]) {
    if (!now?.unread) continue
    addShare({ ...now, unread: false })
    api()
      .shares.markRead(now.id)
      .catch(() => {}) // then it is new once more at the next start
  }
}

export async function listDeliveries(id: string): Promise<void> {
  const list = await api().shares.deliveries(id)
  deliveries.value = new Map(deliveries.value).set(id, new Map(list.map(({ contact, state }) => [contact, state])))
}

export function putDelivery({ share, contact, state }: Delivery & { share: string }): void {
  const of = new Map(deliveries.value.get(share)).set(contact, state)
  deliveries.value = new Map(deliveries.value).set(share, of)
}

export function forgetShares(): void {
  engineShares.value = new Map()
  deliveries.value = new Map()
  moreShares.value = false
  sharesListed.value = false
  firstFilesCache.clear()
  loadedFirstFiles.clear()
}

/** The newest share of each author, of those that are listed. */
export const lastShares = computed(() => {
  const newest = new Map<string, Share>()
  for (const share of shares.value) if (!newest.has(share.author)) newest.set(share.author, share)
  return newest
})

/** What a card shows of a share. */
export interface FirstFiles {
  /** The first files in the order of the page: pictures and films before others. */
  files: readonly FileEntry[]
  /** How many names were looked at, and how many of them are of pictures and films. */
  names: number
  pictures: number
}

const firstFilesCache = new Map<string, Promise<FirstFiles>>()
/** What was loaded before: a list that is shown again has its cards at once. */
const loadedFirstFiles = new Map<string, FirstFiles>()

export const firstFilesSoFar = (id: string): FirstFiles | null => loadedFirstFiles.get(id) ?? null

/** The first files of a share, loaded once and again after the share changes. */
export function firstFiles(id: string): Promise<FirstFiles> {
  let files = firstFilesCache.get(id)
  if (!files) {
    files = listFirstFiles(id)
    firstFilesCache.set(id, files)
    files.then(
      list => loadedFirstFiles.set(id, list),
      () => firstFilesCache.delete(id),
    )
  }
  return files
}

async function listFirstFiles(id: string): Promise<FirstFiles> {
  const all = inOrder(await api().shares.fileNames(id, NAMES))
  const cover = all.find(({ path }) => path === findShare(id)?.cover)
  const names = cover ? [cover, ...all.filter(each => each !== cover)] : all
  const files = await api().shares.files(id, { paths: names.slice(0, FIRST_FILES).map(({ path }) => path) })
  return { files, names: names.length, pictures: names.filter(({ type }) => isViewable(type)).length }
}
