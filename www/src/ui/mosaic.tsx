/** What a share holds, at a glance: its first pictures as one picture, or the names of its first files. */

import type { FileEntry, Share } from '../contract'
import { href } from '../route'
import { bytes, shown } from '../say'
import { s } from '../strings'
import { useFirstFiles } from './first'
import { Icon } from './icon'
import { isViewable, Thumb } from './thumb'

/** Tiles of a mosaic, and lines of a list. */
const TILES = 5
const LINES = 3

export function Glance({ share }: { share: Share }) {
  const files = useFirstFiles(share)
  if (share.files === 0) return null
  if (!files) return <Blank tiles={Math.min(TILES, share.files)} />
  const pictures = files.filter(({ type }) => isViewable(type))
  return pictures.length ? <Mosaic share={share} pictures={pictures} /> : <Names share={share} files={files.slice(0, LINES)} />
}

/** As large as what will be there. */
const Blank = ({ tiles }: { tiles: number }) => (
  <div class="mosaic" data-count={tiles}>
    {Array.from({ length: tiles }, (_, i) => (
      <span key={i} class="thumb blank" />
    ))}
  </div>
)

function Mosaic({ share, pictures }: { share: Share; pictures: readonly FileEntry[] }) {
  const rest = share.files - pictures.length
  return (
    <div class="mosaic" data-count={pictures.length}>
      {pictures.map((file, i) =>
        rest > 0 && i === pictures.length - 1 ? (
          <a key={file.path} href={href.shared(share.id)} aria-label={s.home.restOf(rest)} data-more={s.home.more(rest)}>
            <Thumb {...file} />
          </a>
        ) : (
          <a key={file.path} href={href.picture(share.id, file.path)} aria-label={s.home.picture(shown(file.path))}>
            <Thumb {...file} />
          </a>
        ),
      )}
    </div>
  )
}

function Names({ share, files }: { share: Share; files: readonly FileEntry[] }) {
  const rest = share.files - files.length
  return (
    <ul class="glance">
      {files.map(({ path, size }) => (
        <li key={path} class="row">
          <Icon name="file" />
          <span class="grow cut" dir="auto">
            {shown(path)}
          </span>
          <small>{bytes(size)}</small>
        </li>
      ))}
      {rest > 0 && (
        <li>
          <small>{s.compose.more(rest)}</small>
        </li>
      )}
    </ul>
  )
}
