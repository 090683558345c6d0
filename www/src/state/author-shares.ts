/** The shares of one author, newest first. */

import type { Share } from '../contract'
import { api } from './engine'
import { type PagedList, usePagedList } from './paged-list'
import { findShare, shares } from './shares'

/** One or two screens of cards. */
const PAGE = 12

export function useAuthorShares(author: string): PagedList<Share> {
  const load = (last: Share | undefined, limit: number) => api().shares.list({ author, limit, ...(last && { before: last.id }) })
  // Differs when a share of this author is added, changed or removed.
  const version = shares.value
    .filter(share => share.author === author)
    .map(({ id, root }) => id + root)
    .join()
  const list = usePagedList(PAGE, load, [author, version])
  return { ...list, items: list.items.map(share => findShare(share.id) ?? share) }
}
