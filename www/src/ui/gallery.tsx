/** Pictures as tiles. Those of ten thousand scroll smoothly, because the browser leaves out blocks that it does not show. */

import { Component } from 'preact'
import type { FileEntry } from '../contract'
import { displayText } from '../format'
import { href } from '../route'
import { s } from '../strings'
import { Thumbnail } from './thumbnail'

/**
 * Tiles in one block: whole rows for every number of columns up to six. With fewer, there are many blocks to keep; with
 * more, each takes long to come into view.
 */
const BLOCK = 60

interface Props {
  share: string
  pictures: readonly FileEntry[]
}

export function Gallery({ share, pictures }: Props) {
  const blocks = Array.from({ length: Math.ceil(pictures.length / BLOCK) }, (_, i) => pictures.slice(i * BLOCK, (i + 1) * BLOCK))
  return (
    <div class="blocks">
      {blocks.map((files, i) => (
        <Block key={i} share={share} pictures={files} />
      ))}
    </div>
  )
}

class Block extends Component<Props> {
  /** The next page of a long list changes nothing in the blocks before it. */
  override shouldComponentUpdate({ share, pictures }: Props): boolean {
    const before = this.props.pictures
    return share !== this.props.share || pictures.length !== before.length || pictures.some((file, i) => file !== before[i])
  }

  override render() {
    const { share, pictures } = this.props
    return (
      <ul class="gallery">
        {pictures.map(file => (
          <li key={file.path}>
            <a href={href.picture(share, file.path)} aria-label={s.share.view(displayText(file.path))}>
              <Thumbnail {...file} />
            </a>
          </li>
        ))}
      </ul>
    )
  }
}
