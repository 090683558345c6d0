/** A file as a tile: its preview, or an icon of its type. */

import type { FileEntry } from '../contract'
import { displayText } from '../format'
import { isFilm, type Kind, kindOf } from '../media-type'
import { Icon, type IconName } from './icon'
import { useBlobUrl } from './use-blob-url'

export function Thumbnail({ path, type, preview }: Pick<FileEntry, 'path' | 'type'> & { preview?: Blob | null | undefined }) {
  const url = useBlobUrl(preview)
  const still = url && <img class="thumb" src={url} alt="" decoding="async" draggable={false} />
  if (still && isFilm(type)) {
    return (
      <span class="still">
        {still}
        <Icon name="play" />
      </span>
    )
  }
  if (still) return still
  return (
    <span class="thumb blank">
      <Icon name={iconOf({ path, type })} />
      <small>{fileExtension(path)}</small>
    </span>
  )
}

/** What kind of file it is, in a row: of a film or a PDF its still. */
export function FileKind({ path, type, preview }: Pick<FileEntry, 'path' | 'type'> & { preview?: Blob | null | undefined }) {
  const url = useBlobUrl(preview)
  return (
    <span class="file-kind">
      {url ? <img src={url} alt="" decoding="async" draggable={false} /> : <Icon name={iconOf({ path, type })} />}
    </span>
  )
}

const ICONS: Partial<Record<Kind, IconName>> = { film: 'film', sound: 'sound', text: 'text' }

export const iconOf = (file: Pick<FileEntry, 'path' | 'type'>): IconName => ICONS[kindOf(file) ?? 'picture'] ?? 'file'

const fileExtension = (path: string) => {
  const name = displayText(path.slice(path.lastIndexOf('/') + 1))
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot + 1, dot + 6).toUpperCase() : ''
}
