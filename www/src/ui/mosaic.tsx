/** What a share holds, at a glance: its first pictures as one picture, or the names of its first files. */

import type { FileEntry, Share } from '../contract'
import { href } from '../route'
import { bytes, shown } from '../say'
import { s } from '../strings'
import { useFirstFiles } from './first'
import { Icon } from './icon'
import { isViewable, Thumb } from './thumb'

/** Tiles of a mosaic, and files beside each other. */
const TILES = 5
const SHEETS = 3

export function Glance({ share }: { share: Share }) {
  const files = useFirstFiles(share)
  if (share.files === 0) return null
  if (!files) return <Blank tiles={Math.min(TILES, share.files)} />
  const pictures = files.filter(({ type }) => isViewable(type))
  return pictures.length ? <Mosaic share={share} pictures={pictures} /> : <Sheets share={share} files={files} />
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

function Sheets({ share, files }: { share: Share; files: readonly FileEntry[] }) {
  const named = share.files > SHEETS ? files.slice(0, SHEETS - 1) : files
  const rest = share.files - named.length
  return (
    <ul class="sheets">
      {named.map(({ path, size }) => (
        <li key={path}>
          <Icon name="file" />
          <span class="breaks" dir="auto">
            {shown(path)}
          </span>
          <small>{bytes(size)}</small>
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
