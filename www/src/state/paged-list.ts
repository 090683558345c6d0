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

/** Before the first page. */
const NOTHING = { items: [], complete: false, loading: true, problem: null }

/**
 * Loads pages of at most `pageSize` items with `load`, which gets the last item that is known.
 *
 * When one of `changes` differs from the last render, the items that are shown are listed again. They stay visible
 * meanwhile, unless `subject` differs too, which says what is listed.
 */
export function usePagedList<T>(
  pageSize: number,
  load: (after: T | undefined, limit: number) => Promise<T[]>,
  changes: readonly unknown[],
  subject = '',
): PagedList<T> {
  const [pages, setPages] = useState<Pages<T>>(NOTHING)
  const latest = useRef<Pages<T>>(pages)
  const listed = useRef(subject)
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

  useEffect(() => {
    if (listed.current !== subject) set(NOTHING)
    listed.current = subject
    list(true)
  }, [...changes, subject])

  return { ...(listed.current === subject ? pages : NOTHING), more }
}
