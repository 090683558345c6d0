/** Pictures as tiles. Those of ten thousand scroll smoothly, because the browser leaves out blocks that it does not show. */

import { Component } from 'preact'
import type { FileEntry } from '../contract'
import { displayText } from '../format'
import { href } from '../route'
import { s } from '../strings'
import { Icon } from './icon'
import { Thumbnail } from './thumbnail'

/**
 * Tiles in one block: whole rows for every number of columns up to six. With fewer, there are many blocks to keep; with
 * more, each takes long to come into view.
 */
const BLOCK = 60

interface Props {
  share: string
  pictures: readonly FileEntry[]
  /** The paths selected; null while none are being selected. */
  selected: ReadonlySet<string> | null
}

export function Gallery({ share, pictures, selected }: Props) {
  const blocks = Array.from({ length: Math.ceil(pictures.length / BLOCK) }, (_, i) => pictures.slice(i * BLOCK, (i + 1) * BLOCK))
  return (
    <div class="blocks">
      {blocks.map((files, i) => (
        <Block key={i} share={share} pictures={files} selected={selected} />
      ))}
    </div>
  )
}

class Block extends Component<Props> {
  /** The next page of a long list changes nothing in the blocks before it, and selecting a file nothing in the others. */
  override shouldComponentUpdate({ share, pictures, selected }: Props): boolean {
    const before = this.props
    if (share !== before.share || pictures.length !== before.pictures.length) return true
    if ((selected === null) !== (before.selected === null)) return true
    return pictures.some(
      (file, i) => file !== before.pictures[i] || (selected?.has(file.path) ?? false) !== (before.selected?.has(file.path) ?? false),
    )
  }

  override render() {
    const { share, pictures, selected } = this.props
    return (
      <ul class="gallery">
        {pictures.map(file => (
          <li key={file.path}>
            <a
              href={href.picture(share, file.path)}
              data-path={file.path}
              {...(selected
                ? { role: 'checkbox' as const, 'aria-checked': selected.has(file.path), 'aria-label': displayText(file.path) }
                : { 'aria-label': s.share.view(displayText(file.path)) })}
            >
              <Thumbnail {...file} />
              {selected && (
                <span class="tick" aria-hidden="true">
                  {selected.has(file.path) && <Icon name="check" />}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    )
  }
}
