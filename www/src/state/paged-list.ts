/** A list that the engine gives a page at a time. */

import { useEffect, useRef, useState } from 'preact/hooks'
import { wordsFor } from '../errors'

interface Pages<T> {
  items: readonly T[]
  /** Nothing comes after these items, or the last request failed. */
  complete: boolean
  loading: boolean
  problem: string | null
}

export interface PagedList<T> extends Pages<T> {
  /** Asks for the next page, unless a request is running or the list is complete. */
  more: () => void
}

/**
 * Loads pages of at most `pageSize` items with `load`, which gets the last item that is known.
 *
 * When one of `changes` differs from the last render, the items that are shown are listed again. They stay visible
 * meanwhile.
 */
export function usePagedList<T>(
  pageSize: number,
  load: (after: T | undefined, limit: number) => Promise<T[]>,
  changes: readonly unknown[],
): PagedList<T> {
  const [pages, setPages] = useState<Pages<T>>({ items: [], complete: false, loading: true, problem: null })
  const latest = useRef(pages)
  const set = (next: Pages<T>) => {
    latest.current = next
    setPages(next)
  }

  const list = (again: boolean) => {
    const before = latest.current
    const limit = again ? Math.max(pageSize, before.items.length) : pageSize
    set({ ...before, loading: true })
    const requested = latest.current
    load(again ? undefined : before.items.at(-1), limit).then(
      page => {
        // A newer request has started: its answer counts.
        if (latest.current !== requested) return
        set({ items: again ? page : [...before.items, ...page], complete: page.length < limit, loading: false, problem: null })
      },
      (error: unknown) => {
        // Not repeated by itself: scrolling would ask without end.
        if (latest.current === requested) set({ ...before, complete: true, loading: false, problem: wordsFor(error) })
      },
    )
  }
  const more = () => {
    if (!latest.current.loading && !latest.current.complete) list(false)
  }

  useEffect(() => list(true), changes)

  return { ...pages, more }
}
