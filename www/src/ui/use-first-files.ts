/** The first files of a share; null until they are loaded. */

import { useEffect, useState } from 'preact/hooks'
import type { Share } from '../contract'
import { type FirstFiles, firstFiles, firstFilesSoFar } from '../state/shares'

export function useFirstFiles(share: Share): FirstFiles | null {
  const [files, setFiles] = useState<FirstFiles | null>(() => firstFilesSoFar(share.id))
  useEffect(() => {
    let current = true
    firstFiles(share.id).then(
      list => current && setFiles(list),
      () => {},
    )
    return () => {
      current = false
    }
    // A list that was not here may come later.
  }, [share.id, share.root, share.unlisted, share.cover])
  return files
}
