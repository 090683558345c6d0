/** A person's picture, or the first letter of their name on a colour that depends on the id. */

import { displayText } from '../format'
import { useBlobUrl } from './use-blob-url'

/** The number of colours in components.css. */
const COLOURS = 8

interface Props {
  /** Empty while there is none: then the colour is not known yet. */
  id: string
  name: string
  avatar?: Blob | undefined
  size?: 'small' | 'middle' | 'big'
  /** Set for contacts only: shows a dot for online or offline. */
  online?: boolean
}

/** The name is always beside the picture, so screen readers skip the picture. */
export function Avatar({ id, name, avatar, size, online }: Props) {
  const url = useBlobUrl(avatar)
  const colour = [...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 0) % COLOURS
  return (
    <span class={`avatar ${id ? `colour-${colour}` : 'neutral'}${size ? ` ${size}` : ''}`} data-online={online} aria-hidden="true">
      {url ? <img src={url} alt="" /> : initial(name)}
    </span>
  )
}

const segmenter = new Intl.Segmenter()
const initial = (name: string) => [...segmenter.segment(displayText(name).trim())][0]?.segment.toUpperCase() ?? '?'
