/** The search at Home in the names of files: of all shares whose list of files is known. */

import { useEffect, useState } from 'preact/hooks'
import type { Share } from '../contract'
import { api } from './engine'
import { isFound, searchText } from './search-text'

/** Shorter texts are in too many names. */
const MIN_LETTERS = 2
/** The names of so many files of a share are searched, and so many shares. */
const MAX_NAMES = 2_000
const MAX_SHARES = 300

/** So long one share holds up the search in the others, in milliseconds. */
const PATIENCE_MS = 3_000

const NOTHING: ReadonlyMap<string, string> = new Map()

/** The names of the files of shares, by the root of their list: it changes with the files. */
const known = new Map<string, Promise<readonly string[]>>()

function namesOf(share: Share): Promise<readonly string[]> {
  const listed = known.get(share.root)
  if (listed) return listed
  const names = api()
    .shares.fileNames(share.id, MAX_NAMES)
    .then(files => files.map(({ path }) => path))
  known.set(share.root, names)
  // The next search asks again.
  names.catch(() => known.delete(share.root))
  return names
}

const nothingSoon = () => new Promise<readonly string[]>(resolve => setTimeout(resolve, PATIENCE_MS, []))

/** Of each of these shares the path of the first file whose name has the text. They come one after the other. */
export function useFileSearch(shares: readonly Share[], query: string): ReadonlyMap<string, string> {
  const [result, setResult] = useState({ wanted: '', found: NOTHING })
  const wanted = searchText(query)
  useEffect(() => {
    let isCurrent = true
    if (wanted.length < MIN_LETTERS) return
    const search = async () => {
      let found = NOTHING
      for (const share of shares.filter(({ files, unlisted }) => files > 0 && !unlisted).slice(0, MAX_SHARES)) {
        // A share whose list cannot be fetched soon is not found by its files.
        const names = await Promise.race([namesOf(share).catch(() => []), nothingSoon()])
        if (!isCurrent) return
        const name = names.find(path => isFound(query, [path]))
        if (name !== undefined) {
          found = new Map(found).set(share.id, name)
          setResult(before => (before.wanted === wanted && before.found.size > found.size ? before : { wanted, found }))
        }
      }
      if (isCurrent) setResult({ wanted, found })
    }
    void search()
    return () => {
      isCurrent = false
    }
  }, [wanted, shares])
  return result.wanted === wanted ? result.found : NOTHING
}
