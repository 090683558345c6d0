/** Shows what is in a share: a mosaic of its first pictures, or the names of its first files. */

import type { FileEntry, Share } from '../contract'
import { displayText, formatBytes } from '../format'
import { isViewable } from '../media-type'
import { href } from '../route'
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
  if (!first) return <Placeholder tiles={Math.min(TILES, share.files)} />
  const pictures = first.files.filter(({ type }) => isViewable(type))
  if (!pictures.length) return <FileNames share={share} files={first.files} />
  return <Mosaic share={share} shown={pictures} first={first} />
}

/** Has the size of the mosaic that replaces it, to avoid a layout shift. */
const Placeholder = ({ tiles }: { tiles: number }) => (
  <div class="mosaic" data-count={tiles}>
    {Array.from({ length: tiles }, (_, i) => (
      <span key={i} class="thumb blank" />
    ))}
  </div>
)

/** The last tile stands for all pictures that have none; a line tells how many other files there are. */
function Mosaic({ share, shown, first }: { share: Share; shown: readonly FileEntry[]; first: FirstFiles }) {
  const rest = first.pictures - shown.length
  const others = share.files - first.pictures
  return (
    <div class="framed">
      <div class="mosaic" data-count={shown.length}>
        {shown.map((file, i) =>
          rest > 0 && i === shown.length - 1 ? (
            <a key={file.path} href={href.shared(share.id)} aria-label={s.home.restOf(rest)} data-more={s.home.more(rest)}>
              <Thumbnail {...file} />
            </a>
          ) : (
            <a key={file.path} href={href.picture(share.id, file.path)} aria-label={s.home.picture(displayText(file.path))}>
              <Thumbnail {...file} />
            </a>
          ),
        )}
      </div>
      {others > 0 && <small class="beside">{first.names < share.files ? s.home.restOf(others) : s.home.otherFiles(others)}</small>}
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
