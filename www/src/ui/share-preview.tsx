/** Shows what is in a share: a mosaic of its first pictures, or the names of its first files. */

import type { FileEntry, Share } from '../contract'
import { displayText, formatBytes } from '../format'
import { isViewable } from '../media-type'
import type { FirstFiles } from '../state/shares'
import { s } from '../strings'
import { Icon } from './icon'
import { Thumbnail } from './thumbnail'
import { useFirstFiles } from './use-first-files'

/** Tiles of a mosaic, and the most file names in a row. */
const TILES = 5
const NAMED_FILES = 3

export function SharePreview({ share }: { share: Share }) {
  const first = useFirstFiles(share)
  if (share.files === 0) return null
  const pictures = first ? picturesOf(first) : []
  if (first && !pictures.length) return <FileNames share={share} files={first.files} />
  if (!first) return <Mosaic share={share} shown={pictures} first={first} />
  const others = share.files - first.pictures
  return (
    <div class="framed">
      <Mosaic share={share} shown={pictures} first={first} />
      {others > 0 && <small class="beside">{first.names < share.files ? s.home.restOf(others) : s.home.otherFiles(others)}</small>}
    </div>
  )
}

/** The pictures and films among the first files. */
export const picturesOf = ({ files }: FirstFiles): FileEntry[] => files.filter(({ type }) => isViewable(type))

interface MosaicProps {
  share: Share
  shown: readonly FileEntry[]
  /** Null until they are known. Then empty tiles keep the place, to avoid a layout shift. */
  first: FirstFiles | null
}

/** The last tile stands for all pictures that have none. */
export function Mosaic({ share, shown, first }: MosaicProps) {
  if (!first) {
    const tiles = Math.min(TILES, share.files)
    return (
      <div class="mosaic" data-count={tiles}>
        {Array.from({ length: tiles }, (_, i) => (
          <span key={i} class="thumb blank" />
        ))}
      </div>
    )
  }
  const rest = first.pictures - shown.length
  return (
    <div class="mosaic" data-count={shown.length}>
      {shown.map((file, i) => (
        <span key={file.path} data-more={rest > 0 && i === shown.length - 1 ? s.home.more(rest) : undefined}>
          <Thumbnail {...file} />
        </span>
      ))}
    </div>
  )
}

function FileNames({ share, files }: { share: Share; files: readonly FileEntry[] }) {
  const named = share.files > NAMED_FILES ? files.slice(0, NAMED_FILES - 1) : files
  const rest = share.files - named.length
  return (
    <ul class="file-names">
      {named.map(({ path, size }) => (
        <li key={path}>
          <Icon name="file" />
          <span class="break-anywhere" dir="auto">
            {displayText(path)}
          </span>
          <small>{formatBytes(size)}</small>
        </li>
      ))}
      {rest > 0 && (
        <li>
          <small>{s.home.restOf(rest)}</small>
        </li>
      )}
    </ul>
  )
}
