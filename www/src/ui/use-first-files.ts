/** The first files of a share; null until they are loaded. */

import { useEffect, useState } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { firstFiles } from '../state/shares'

export function useFirstFiles(share: Share): FileEntry[] | null {
  const [files, setFiles] = useState<FileEntry[] | null>(null)
  useEffect(() => {
    let current = true
    firstFiles(share.id).then(
      list => current && setFiles(list),
      () => {},
    )
    return () => {
      current = false
    }
  }, [share.id, share.root])
  return files
}
