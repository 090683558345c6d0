/** The files of the share that is open: those of one folder, in the order that the reader chose. */

import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { FileEntry, FileName, Share } from '../contract'
import { isViewable } from '../media-type'
import { inOrder, type Order, orderedBy, orderFrom } from '../order'
import { commonFolder, type Folder, inFolder } from '../tree'
import { api } from './engine'
import { type PagedList, usePagedList } from './paged-list'
import { isFound, searchText } from './search-text'
import { transferOf } from './transfers'

/** Small enough that a page comes at once with its previews, large enough that 10,000 files take some 50 calls. */
const PAGE = 200
/** Names of more files take seconds to list and megabytes to hold. Such a share is shown in the order of its list. */
const MAX_ORDERED = 20_000
/** What of the files is here is asked for in pages of this length. */
const HELD_PAGE = 1_000
/** A share with folders and no more files than this is asked whether all of it is here. */
const MAX_ASKED = 1_000

/** The orders that the reader chose for shares, until the page is closed. */
const chosenOrders = signal<ReadonlyMap<string, Order>>(new Map())

/** The order in which a share is shown: the one that the reader chose, or that its author wants. */
export const orderOf = (share: Share): Order => chosenOrders.value.get(share.id) ?? orderFrom(share.order)

export function chooseOrder(share: Share, order: Order): void {
  chosenOrders.value = new Map(chosenOrders.value).set(share.id, order)
}

/** What is listed of a share: one folder. */
export interface FolderView {
  /** Where the reader is, and where the share begins. */
  folder: string
  start: string
  folders: readonly Folder[]
  /** How many files are in the folder itself, and how many of them are pictures and films. */
  files: number
  pictures: number
  /** The files of the folder itself, in their order. */
  names: readonly FileName[]
}

export interface Files extends PagedList<FileEntry> {
  /** Null until it is known, and where there are too many files to put in order. */
  view: FolderView | null
  /** Of all that is known of the files, nothing is missing in this browser; and all files are known. */
  noneMissing: boolean
  here: boolean
  /** What the names are searched for, in the folder and the folders in it; empty while all are listed. */
  query: string
  search: (query: string) => void
}

export function useFiles(share: Share, wanted: string | undefined): Files {
  const order = orderOf(share)
  // When a download ends, all files are in this browser. Relays that may be asked now have other files.
  const downloaded = transferOf(share.id, 'down')?.state === 'done'
  const changes = [share.root, downloaded, share.elsewhere.length]
  const lists = useRef<{ changes: string; names: Promise<FileName[] | null>; held: Promise<Held> | null } | null>(null)
  const [view, setView] = useState<FolderView | null>(null)
  const [whole, setWhole] = useState<Held | null>(null)
  const [query, search] = useState('')
  const searched = searchText(query)
  const listing = useRef<{ paths: string[]; places: ReadonlyMap<string, number> } | null>(null)

  const current = () => {
    const key = changes.join()
    if (lists.current?.changes !== key) lists.current = { changes: key, names: listNames(share), held: null }
    return lists.current
  }
  const held = () => {
    const known = current()
    known.held ??= listHeld(share.id)
    return known.held
  }
  const list = async () => {
    const known = current()
    try {
      const names = await known.names
      if (!names) return null
      const found = searched ? foundView(names, wanted, query) : folderView(names, wanted)
      const ordered = orderedBy(found.files, order)
      const paths = ordered.map(({ path }) => path)
      return { view: { ...found.view, names: ordered }, paths, places: new Map(paths.map((path, i) => [path, i])) }
    } catch (error) {
      // The next attempt lists them again.
      if (lists.current === known) lists.current = null
      throw error
    }
  }
  const load = async (after: FileEntry | undefined, limit: number) => {
    if (!after || !listing.current) {
      const listed = await list()
      listing.current = listed
      setView(listed?.view ?? null)
    }
    if (!listing.current) return api().shares.files(share.id, { limit, ...(after && { after: after.path }) })
    const { paths, places } = listing.current
    const from = after ? (places.get(after.path) ?? -1) + 1 : 0
    return api().shares.files(share.id, { paths: paths.slice(from, from + limit) })
  }
  const place = usePlace(wanted, view?.start)
  const files = usePagedList(PAGE, load, [...changes, searched], `${order}/${place}`)
  useEffect(() => setWhole(null), changes)
  const isNested = view !== null && (view.folders.length > 0 || view.folder !== view.start || searched !== '')
  useEffect(() => {
    // What is shown is not all that there is. Of very many files the first ones tell whether any is missing.
    if (!isNested) return
    const asked = current()
    const found = share.files <= MAX_ASKED ? held() : listHeld(share.id, PAGE)
    found.then(
      known => {
        if (lists.current === asked) setWhole(before => before ?? known)
      },
      () => {},
    )
  }, [isNested, ...changes])

  const known = whole ?? files.items.map(({ have, size }) => have >= size)
  const noneMissing = known.length > 0 && known.every(Boolean)
  return { ...files, view, noneMissing, here: noneMissing && known.length === share.files, query, search }
}

/** Names the folder. The place where a share begins has one name, whether it is asked for or not. */
function usePlace(wanted: string | undefined, start: string | undefined): string {
  const place = useRef(wanted ?? '')
  const before = useRef(wanted)
  const same = (a: string | undefined, b: string | undefined) => (a || start) === (b || start)
  if (!same(before.current, wanted)) place.current = wanted ?? ''
  before.current = wanted
  return place.current
}

function folderView(names: readonly FileName[], wanted: string | undefined): { view: Omit<FolderView, 'names'>; files: FileName[] } {
  const start = commonFolder(names)
  // A folder may be gone with a change of the share.
  const folder = wanted && names.some(({ path }) => path.startsWith(`${wanted}/`)) ? wanted : start
  const { files, folders } = inFolder(names, folder)
  const pictures = files.filter(({ type }) => isViewable(type)).length
  return { view: { folder, start, folders, files: files.length, pictures }, files }
}

/** What of a folder, and of the folders in it, has a name that is searched for. */
function foundView(names: readonly FileName[], wanted: string | undefined, query: string): ReturnType<typeof folderView> {
  const { view } = folderView(names, wanted)
  const files = names.filter(({ path }) => (view.folder === '' || path.startsWith(`${view.folder}/`)) && isFound(query, [path]))
  const pictures = files.filter(({ type }) => isViewable(type)).length
  return { view: { ...view, folders: [], files: files.length, pictures }, files }
}

/** All files of a share, in the order of their names; null if there are too many. */
async function listNames(share: Share): Promise<FileName[] | null> {
  if (share.files > MAX_ORDERED) return null
  const names = await api().shares.fileNames(share.id, MAX_ORDERED + 1)
  return names.length > MAX_ORDERED ? null : inOrder(names)
}

/** Of each file whether all of it is in this browser. */
type Held = readonly boolean[]

/** What is here of all files of a share, or of the first ones. */
async function listHeld(id: string, most = Number.POSITIVE_INFINITY): Promise<Held> {
  const found: boolean[] = []
  for (let after: string | undefined; ; ) {
    const page = await api().shares.files(id, { limit: Math.min(HELD_PAGE, most), ...(after !== undefined && { after }) })
    for (const { size, have } of page) found.push(have >= size)
    if (page.length < HELD_PAGE || found.length >= most) return found
    after = page.at(-1)?.path
  }
}
