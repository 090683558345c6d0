/** The first pictures of a share, as one picture. */

import { useEffect, useState } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { href } from '../route'
import { firstFiles } from '../state/shares'
import { s } from '../strings'
import { isViewable, Thumb } from './thumb'

export function Mosaic({ share }: { share: Share }) {
  const files = useFirstFiles(share)
  const shows = Math.min(5, share.files)
  if (shows === 0) return null
  const tiles = files ?? Array.from({ length: shows }, () => null)
  return (
    <div class="mosaic" data-count={tiles.length}>
      {tiles.map((file, i) => {
        const rest = share.files - tiles.length
        const more = i === tiles.length - 1 && rest > 0 ? s.home.more(rest) : undefined
        return file ? (
          <a key={file.path} href={isViewable(file.type) ? href.picture(share.id, file.path) : href.shared(share.id)} aria-label={s.home.picture(file.path)} data-more={more}>
            <Thumb {...file} />
          </a>
        ) : (
          <span key={i} class="thumb blank" />
        )
      })}
    </div>
  )
}

function useFirstFiles(share: Share): FileEntry[] | null {
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
  }, [share])
  return files
}
