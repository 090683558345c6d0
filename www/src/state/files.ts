/** The files of the share that is open. */

import type { FileEntry, Share } from '../contract'
import { api } from './engine'
import { type PagedList, usePagedList } from './paged-list'
import { transferOf } from './transfers'

/** Small enough that a page comes at once with its previews, large enough that 10,000 files take some 50 calls. */
const PAGE = 200

export function useFiles(share: Share): PagedList<FileEntry> {
  const load = (after: FileEntry | undefined, limit: number) => api().shares.files(share.id, { limit, ...(after && { after: after.path }) })
  // The files change with the manifest. When a download ends, all of them are in this browser.
  const downloaded = transferOf(share.id, 'down')?.state === 'done'
  // So do they when relays may be asked that have them.
  return usePagedList(PAGE, load, [share.root, downloaded, share.elsewhere.length])
}
