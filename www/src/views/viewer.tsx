/** Shows one file on the whole screen. Fingers zoom, swipe and close; so do the wheel and the keyboard. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { isViewable, kindOf } from '../media-type'
import { closeTo, href, replaceRoute } from '../route'
import { notify } from '../state/notices'
import { s } from '../strings'
import { nameOf } from '../tree'
import { Icon } from '../ui/icon'
import { useSlideShow } from '../ui/use-slide-show'
import { isRightToLeft, useZoom } from '../ui/use-zoom'
import { STEP } from '../zoom'
import { chooseCover } from './cover'
import { saveOrSay } from './save'
import { canBeChanged } from './share-recipients'
import { FileInfo } from './viewer-info'
import { type Facts, MediaFigure } from './viewer-media'
import { TextFigure } from './viewer-text'

/** Loads the next page of the list this many files before its end. */
const PREFETCH_DISTANCE = 10
/** How far an arrow key moves a picture that is zoomed, in CSS pixels. */
const PAN_PX = 80

interface Props {
  share: Share
  /** Where closing leads: the share, or a folder in it. */
  back: string
  /** What can be stepped through: the pictures and films, or the other files that can be shown. */
  files: readonly FileEntry[]
  /** How many there are, loaded or not. */
  total: number
  path: string
  onNear: () => void
}

export function Viewer({ share, back, files, total, path, onNear }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const at = files.findIndex(file => file.path === path)
  const file = files[at]
  const kind = file && kindOf(file)
  const facts = useSignal<Facts | null>(null)
  const info = useSignal(false)
  useEffect(() => {
    dialog.current?.showModal()
    // Otherwise the first button gets the focus, and Enter downloads.
    dialog.current?.focus()
  }, [])
  useEffect(() => {
    // The file is not in the loaded list, or near its end.
    if (at < 0 || at > files.length - PREFETCH_DISTANCE) onNear()
  }, [at, files.length])
  const last = useRef(path)
  last.current = path
  useEffect(
    () => () => {
      // The focus goes to the last picture in the list, not to the one that opened the viewer.
      const address = CSS.escape(href.picture(share.id, last.current))
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`.contents a[href="${address}"]`)?.focus())
    },
    [],
  )
  const closing = useRef(false)
  const close = () => {
    // Going back takes a moment, in which a second click would leave the share.
    if (closing.current) return
    closing.current = true
    closeTo(back)
  }
  const goTo = (place: number) => {
    const next = files[place]
    if (!next || next.path === path) return false
    facts.value = null
    zoom.reset()
    replaceRoute(href.picture(share.id, next.path))
    return true
  }
  const step = (by: number) => {
    show.playing.value = false
    goTo(at + by)
  }
  const show = useSlideShow({
    path,
    ready: facts.value !== null,
    waits: kind === 'film' && facts.value?.width !== undefined,
    next: () => at >= 0 && goTo(at + 1),
  })
  const zoom = useZoom({ step, close, touched: () => (show.playing.value = false) })
  const isPicture = kind === 'picture'
  // What has a tile is a picture or film; the rest is shown as text and sound.
  const isGallery = !file || isViewable(file.type)
  const isZoomed = zoom.placement.value.scale > 1

  const onKeyDown = (event: KeyboardEvent) => {
    // The controls of films and sounds use the arrow keys, and a text that has the focus scrolls.
    if (event.target instanceof HTMLMediaElement || event.ctrlKey || event.metaKey || event.altKey) return
    const isText = event.target instanceof HTMLPreElement
    const forward = isRightToLeft() ? 'ArrowLeft' : 'ArrowRight'
    const keys: Record<string, () => unknown> = {
      '+': () => zoom.zoomTo(zoom.placement.value.scale * STEP),
      '=': () => zoom.zoomTo(zoom.placement.value.scale * STEP),
      '-': () => zoom.zoomTo(zoom.placement.value.scale / STEP),
      '0': () => zoom.zoomTo(1),
      i: () => (info.value = !info.value),
      PageUp: () => step(-1),
      PageDown: () => step(1),
      Home: () => goTo(0),
      End: () => goTo(files.length - 1),
      ...(isZoomed
        ? {
            ArrowLeft: () => zoom.pan({ x: PAN_PX, y: 0 }),
            ArrowRight: () => zoom.pan({ x: -PAN_PX, y: 0 }),
            ArrowUp: () => zoom.pan({ x: 0, y: PAN_PX }),
            ArrowDown: () => zoom.pan({ x: 0, y: -PAN_PX }),
          }
        : {
            ArrowLeft: () => step(forward === 'ArrowLeft' ? 1 : -1),
            ArrowRight: () => step(forward === 'ArrowRight' ? 1 : -1),
          }),
    }
    if (isGallery && !(event.target instanceof HTMLButtonElement)) keys[' '] = () => (show.playing.value = !show.playing.value)
    const act = keys[event.key]
    if (!act || (isText && !event.key.startsWith('Arrow') && event.key !== 'i')) return
    event.preventDefault()
    act()
  }

  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      class="viewer"
      aria-label={(isGallery ? s.viewer.label : s.viewer.filesLabel)(displayText(share.title))}
      onClose={close}
      onKeyDown={onKeyDown}
      data-playing={show.playing.value}
    >
      <header class="row">
        <p class="grow title" aria-live={show.playing.value ? 'off' : 'polite'} dir="auto">
          {file && (
            <>
              <span class="truncate">{displayText(nameOf(file.path))}</span>
              <span>{` · ${s.viewer.position(at + 1, Math.max(total, at + 1))}`}</span>
            </>
          )}
        </p>
        {isPicture && (facts.value === null || !!facts.value.width) && (
          <IconButton
            class="wide-only"
            label={isZoomed ? s.viewer.fit : s.viewer.zoomIn}
            icon={isZoomed ? 'fit' : 'zoom'}
            onClick={() => zoom.toggle()}
          />
        )}
        {file && isGallery && total > 1 && (
          <IconButton
            label={show.playing.value ? s.viewer.pause : s.viewer.play}
            icon={show.playing.value ? 'pause' : 'play'}
            onClick={() => (show.playing.value = !show.playing.value)}
          />
        )}
        {file && isGallery && canBeChanged(share) && share.cover !== file.path && (
          <IconButton
            class="wide-only"
            label={s.cover.use}
            icon="cover"
            onClick={() => void chooseCover(share, file.path).catch(error => notify(wordsFor(error), 'bad'))}
          />
        )}
        {file && <IconButton label={s.viewer.info.title} icon="info" expanded={info.value} onClick={() => (info.value = !info.value)} />}
        {file && <IconButton label={s.share.downloadFile(displayText(file.path))} icon="download" onClick={() => saveOrSay(share, file)} />}
        <IconButton label={s.viewer.close} icon="close" onClick={close} />
      </header>
      <div ref={zoom.stage} class="stage" data-zooms={isPicture} data-zoomed={isZoomed} {...zoom.handlers}>
        {[show.leaving.value, path].map(each => {
          const shown = files.find(file => file.path === each)
          const isLeaving = each !== path
          if (!shown) return null
          if (kindOf(shown) === 'text') return <TextFigure key={each} share={share} file={shown} />
          return (
            <MediaFigure
              key={each}
              share={share}
              file={shown}
              leaving={isLeaving}
              zoom={zoom}
              plays={!isLeaving && show.playing.value}
              onFacts={found => {
                if (isLeaving) return
                facts.value = found
                if (isPicture && found.width && found.height) zoom.measured({ width: found.width, height: found.height })
              }}
              onEnded={show.goOn}
            />
          )
        })}
        <IconButton
          class="step previous"
          label={isGallery ? s.viewer.previous : s.viewer.previousFile}
          icon="previous"
          disabled={at <= 0}
          onClick={() => step(-1)}
        />
        <IconButton
          class="step next"
          label={isGallery ? s.viewer.next : s.viewer.nextFile}
          icon="next"
          disabled={at < 0 || at + 1 >= files.length}
          onClick={() => step(1)}
        />
      </div>
      {info.value && file && <FileInfo key={path} share={share} file={file} facts={facts.value} />}
    </dialog>
  )
}

interface ButtonProps {
  class?: string
  label: string
  icon: Parameters<typeof Icon>[0]['name']
  expanded?: boolean
  disabled?: boolean
  onClick: () => void
}

const IconButton = ({ class: extra = '', label, icon, expanded, disabled = false, onClick }: ButtonProps) => (
  <button
    type="button"
    class={`icon-button ${extra}`}
    aria-label={label}
    title={label}
    aria-expanded={expanded}
    disabled={disabled}
    onClick={onClick}
  >
    <Icon name={icon} />
  </button>
)
