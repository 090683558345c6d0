/** The address at which a picture or film is shown: that of the service worker, or of a blob where there is none. */

import { useEffect, useState } from 'preact/hooks'
import type { FileEntry } from '../contract'
import { isServed } from '../served'
import { SHOWN_TYPES } from '../shown-types'
import { api } from '../state/engine'

/** What is shown without a service worker is read as a whole: this is a film of some minutes, and fits into any memory. */
const MAX_READ = 512 * 2 ** 20

/** Undefined while nothing is known. It is asked for again with each attempt; `fail` hears that there is none. */
export function useFileUrl(share: string, file: FileEntry, attempt: number, fail: () => void): string | undefined {
  const direct = () => new URL(api().shares.url(share, file.path), document.baseURI).href
  const [url, setUrl] = useState(navigator.serviceWorker?.controller ? direct : undefined)
  useEffect(() => {
    const abort = new AbortController()
    let made: string | undefined
    const find = async () => {
      if (await isServed()) return setUrl(direct)
      if (!SHOWN_TYPES.has(file.type) || file.size > MAX_READ) return fail()
      const blob = await new Response(api().shares.read(share, file.path, undefined, { signal: abort.signal })).blob()
      if (abort.signal.aborted) return
      // A blob is of our origin: with its own type, and one of those that can be nothing but a picture or a film.
      made = URL.createObjectURL(blob.slice(0, blob.size, file.type))
      setUrl(made)
    }
    find().catch(() => abort.signal.aborted || fail())
    return () => {
      abort.abort()
      if (made) URL.revokeObjectURL(made)
    }
  }, [share, file.path, attempt])
  return url
}
