/** What somebody has shared, newest first, a page at a time. */

import { useEffect, useRef, useState } from 'preact/hooks'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { api } from './engine'
import { findShare, shares } from './shares'

/** A screen or two of cards. */
const PAGE = 12

interface Theirs {
  list: readonly Share[]
  whole: boolean
  loading: boolean
  problem: string | null
}

/** The shares of one author as far as they were asked for; `more` asks for the next page. */
export function useAuthorShares(author: string): Theirs & { more: () => void } {
  const [theirs, setTheirs] = useState<Theirs>({ list: [], whole: false, loading: true, problem: null })
  const now = useRef(theirs)
  const set = (next: Theirs) => {
    now.current = next
    setTheirs(next)
  }

  /** Lists the next page, or what is listed already once more in its place. */
  const list = (again: boolean) => {
    const before = now.current
    const last = again ? undefined : before.list.at(-1)?.id
    const limit = again ? Math.max(PAGE, before.list.length) : PAGE
    set({ ...before, loading: true })
    const asked = now.current
    api()
      .shares.list({ author, limit, ...(last !== undefined && { before: last }) })
      .then(page => {
        if (now.current === asked) set({ list: again ? page : [...before.list, ...page], whole: page.length < limit, loading: false, problem: null })
      })
      .catch((error: unknown) => {
        // Not asked again by itself: scrolling would ask without end.
        if (now.current === asked) set({ ...before, whole: true, loading: false, problem: wordsFor(error) })
      })
  }
  const more = () => {
    if (!now.current.loading && !now.current.whole) list(false)
  }

  // Something of theirs has come, has changed or is gone.
  const theirsNow = shares.value.filter(share => share.author === author).map(({ id, root }) => id + root).join()
  useEffect(() => list(true), [author, theirsNow])

  return { ...theirs, list: theirs.list.map(share => findShare(share.id) ?? share), more }
}
