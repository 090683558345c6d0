/** Somebody's picture, or the first letter of their name on a colour of their own. */

import { displayText } from '../format'
import { useBlobUrl } from './use-blob-url'

/** Colours in faces.css. */
const COLOURS = 8

interface Props {
  id: string
  name: string
  avatar?: Blob | undefined
  size?: 'small' | 'big'
  /** Known for a contact: a dot beside the face says it to whoever does not read. */
  online?: boolean
}

/** Always beside the name, so that it says nothing to a screen reader itself. */
export function Avatar({ id, name, avatar, size, online }: Props) {
  const url = useBlobUrl(avatar)
  const colour = [...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 0) % COLOURS
  return (
    <span class={`avatar colour-${colour}${size ? ` ${size}` : ''}`} data-online={online} aria-hidden="true">
      {url ? <img src={url} alt="" /> : initial(name)}
    </span>
  )
}

const segmenter = new Intl.Segmenter()
const initial = (name: string) => [...segmenter.segment(displayText(name).trim())][0]?.segment.toUpperCase() ?? '?'
