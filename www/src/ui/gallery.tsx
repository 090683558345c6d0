/** Pictures as tiles. Those of ten thousand scroll smoothly, because the browser leaves out blocks that it does not show. */

import { Component, createRef } from 'preact'
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

/** Blocks far from what is on screen whose selection is to be drawn yet. */
const late = new Set<Block>()
/** Blocks drawn at once of those: a press is answered between them. */
const AT_ONCE = 2
const PAUSE_MS = 50

function drawLate(): void {
  for (const block of [...late].slice(0, AT_ONCE)) block.draw()
  if (late.size > 0) soon()
}

/** When the browser has nothing else to do. Safari does not say when that is. */
const soon = (): unknown => ('requestIdleCallback' in self ? requestIdleCallback(drawLate) : setTimeout(drawLate, PAUSE_MS))

const blocks = new WeakMap<Element, Block>()
/** Knows which blocks are on screen, or one screen from it. */
const watcher = new IntersectionObserver(
  entries => {
    for (const { target, isIntersecting } of entries) blocks.get(target)?.seen(isIntersecting)
  },
  { rootMargin: '100%' },
)

class Block extends Component<Props> {
  readonly #list = createRef<HTMLUListElement>()
  #isNear = true

  override componentDidMount(): void {
    const { current } = this.#list
    if (!current) return
    blocks.set(current, this)
    watcher.observe(current)
  }

  override componentWillUnmount(): void {
    const { current } = this.#list
    if (current) watcher.unobserve(current)
    late.delete(this)
  }

  seen(isNear: boolean): void {
    this.#isNear = isNear
    if (isNear && late.has(this)) this.draw()
  }

  draw(): void {
    late.delete(this)
    this.forceUpdate()
  }

  /** The next page of a long list changes nothing in the blocks before it, and selecting a file nothing in the others. */
  override shouldComponentUpdate({ share, pictures, selected }: Props): boolean {
    const before = this.props
    if (share !== before.share || pictures.length !== before.pictures.length) return true
    if (pictures.some((file, i) => file !== before.pictures[i])) return true
    const isOther = (selected === null) !== (before.selected === null)
    if (!isOther && pictures.every(({ path }) => selected?.has(path) === before.selected?.has(path))) return false
    if (this.#isNear) return true
    // To select ten thousand at once is answered at once.
    if (late.size === 0) soon()
    late.add(this)
    return false
  }

  override render() {
    const { share, pictures, selected } = this.props
    return (
      <ul class="gallery" ref={this.#list}>
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
