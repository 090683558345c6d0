/** The files of the share that is open. */

import { useRef } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { inOrder } from '../order'
import { api } from './engine'
import { type PagedList, usePagedList } from './paged-list'
import { transferOf } from './transfers'

/** Small enough that a page comes at once with its previews, large enough that 10,000 files take some 50 calls. */
const PAGE = 200
/** Names of more files take seconds to list and megabytes to hold. Such a share is shown in the order of its list. */
const MAX_ORDERED = 20_000

export function useFiles(share: Share): PagedList<FileEntry> {
  const known = useRef<{ root: string; order: Promise<Order | null> } | null>(null)
  const load = async (after: FileEntry | undefined, limit: number) => {
    if (known.current?.root !== share.root) known.current = { root: share.root, order: listOrder(share) }
    const current = known.current
    const order = await current.order.catch((error: unknown) => {
      // The next attempt lists the names again.
      if (known.current === current) known.current = null
      throw error
    })
    if (!order) return api().shares.files(share.id, { limit, ...(after && { after: after.path }) })
    const from = after ? (order.places.get(after.path) ?? -1) + 1 : 0
    return api().shares.files(share.id, { paths: order.paths.slice(from, from + limit) })
  }
  // The files change with the manifest. When a download ends, all of them are in this browser.
  const downloaded = transferOf(share.id, 'down')?.state === 'done'
  // So do they when relays may be asked that have them.
  return usePagedList(PAGE, load, [share.root, downloaded, share.elsewhere.length])
}

interface Order {
  paths: string[]
  /** Where each path is among them. */
  places: ReadonlyMap<string, number>
}

/** The order of all files of a share; null if there are too many. */
async function listOrder(share: Share): Promise<Order | null> {
  if (share.files > MAX_ORDERED) return null
  const names = await api().shares.fileNames(share.id, MAX_ORDERED + 1)
  if (names.length > MAX_ORDERED) return null
  const paths = inOrder(names).map(({ path }) => path)
  return { paths, places: new Map(paths.map((path, i) => [path, i])) }
}
