/** The address of a picture that the page decodes, since the browser does not: HEIC. */

import { useEffect, useRef, useState } from 'preact/hooks'
import type { FileEntry } from '../contract'
import { heifPicture, isHeif } from '../heif'
import { api } from '../state/engine'

interface Decoded {
  /** Undefined while nothing is decoded. */
  url: string | undefined
  /** Whether there will be a `url`. Once for each attempt: a browser may refuse this one too. */
  decode: () => Promise<boolean>
}

export function useDecodedUrl(share: string, file: FileEntry, attempt: number): Decoded {
  const [url, setUrl] = useState<string>()
  const tried = useRef(false)
  const ends = useRef(new AbortController())
  useEffect(() => {
    const abort = new AbortController()
    ends.current = abort
    tried.current = false
    return () => {
      abort.abort()
      setUrl(undefined)
    }
  }, [share, file.path, attempt])
  useEffect(() => () => url && URL.revokeObjectURL(url), [url])
  const decode = async () => {
    if (tried.current || !isHeif(file)) return false
    tried.current = true
    const { signal } = ends.current
    try {
      const whole = await new Response(api().shares.read(share, file.path, undefined, { signal })).blob()
      const picture = await heifPicture(whole, undefined, signal)
      // A figure that is gone shows nothing, and needs no words.
      if (signal.aborted) return true
      if (picture) setUrl(URL.createObjectURL(picture))
      return picture !== null
    } catch {
      return signal.aborted
    }
  }
  return { url, decode }
}
