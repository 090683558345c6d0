/** The files of the share that is open, a page at a time, with what has come of each since. */

import { useEffect, useRef, useState } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { api } from './engine'
import { transferOf } from './transfers'

/** Few enough to come at once with their previews, many enough that 10,000 take some dozen calls. */
const PAGE = 200

export interface Files {
  entries: readonly FileEntry[]
  /** Nothing comes after these. */
  whole: boolean
  loading: boolean
}

const NONE: Files = { entries: [], whole: false, loading: false }

/** The files of one share as far as they were asked for; `more` asks for the next page. */
export function useFiles(share: Share): { files: Files; more: () => void; problem: string | null } {
  const [files, setFiles] = useState<Files>(NONE)
  const [problem, setProblem] = useState<string | null>(null)
  const now = useRef(files)
  const set = (next: Files) => {
    now.current = next
    setFiles(next)
  }

  const more = () => {
    if (now.current.loading || now.current.whole) return
    const before = now.current.entries
    const after = before.at(-1)?.path
    set({ ...now.current, loading: true })
    api()
      .shares.files(share.id, { limit: PAGE, ...(after !== undefined && { after }) })
      .then(page => {
        if (now.current.entries !== before) return
        set({ entries: [...before, ...page], whole: page.length < PAGE, loading: false })
        setProblem(null)
      })
      .catch((error: unknown) => {
        if (now.current.entries !== before) return
        // Not asked again by itself: scrolling would ask without end.
        set({ ...now.current, whole: true, loading: false })
        setProblem(wordsFor(error))
      })
  }

  // What was listed is read once more in place when a download of it has ended.
  const fetched = transferOf(share.id, 'down')?.state === 'done'
  useEffect(() => {
    const before = now.current.entries
    if (!fetched || !before.length) return
    api()
      .shares.files(share.id, { limit: before.length })
      .then(entries => now.current.entries === before && set({ ...now.current, entries }))
      .catch(() => {})
  }, [fetched, files.entries.length])

  // A newer share of the same id (an event) is listed anew.
  useEffect(() => {
    set({ ...NONE, entries: [] })
    more()
  }, [share])

  return { files, more, problem }
}
