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

  /** Lists the next page, or what is listed already once more in its place: nothing goes while it is asked. */
  const list = (again: boolean) => {
    const before = now.current
    const after = again ? undefined : before.entries.at(-1)?.path
    const limit = again ? Math.max(PAGE, before.entries.length) : PAGE
    set({ ...before, loading: true })
    const asked = now.current
    api()
      .shares.files(share.id, { limit, ...(after !== undefined && { after }) })
      .then(page => {
        if (now.current !== asked) return
        set({ entries: again ? page : [...before.entries, ...page], whole: page.length < limit, loading: false })
        setProblem(null)
      })
      .catch((error: unknown) => {
        if (now.current !== asked) return
        // Not asked again by itself: scrolling would ask without end.
        set({ ...before, whole: true })
        setProblem(wordsFor(error))
      })
  }
  const more = () => {
    if (!now.current.loading && !now.current.whole) list(false)
  }

  // Other files (another manifest), or all of them here because a download has ended.
  const fetched = transferOf(share.id, 'down')?.state === 'done'
  useEffect(() => list(true), [share.root, fetched])

  return { files, more, problem }
}
