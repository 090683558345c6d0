/** Shows one picture or video on the whole screen. Arrow keys, swipes and Escape work. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { closeTo, href, replaceRoute } from '../route'
import { connection } from '../state/network'
import { notify } from '../state/notices'
import { s } from '../strings'
import { Icon } from '../ui/icon'
import { useBlobUrl } from '../ui/use-blob-url'
import { useFileUrl } from '../ui/use-file-url'
import { saveFile } from './save'

/** A swipe is longer than the movement of a tap. */
const SWIPE_PX = 48
/** Loads the next page of the list this many pictures before its end. */
const PREFETCH_DISTANCE = 10

interface Props {
  share: Share
  pictures: readonly FileEntry[]
  path: string
  onNear: () => void
}

export function Viewer({ share, pictures, path, onNear }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const at = pictures.findIndex(file => file.path === path)
  const file = pictures[at]
  useEffect(() => {
    dialog.current?.showModal()
    // Otherwise the first button gets the focus, and Enter downloads.
    dialog.current?.focus()
  }, [])
  useEffect(() => {
    // The picture is not in the loaded list, or near its end.
    if (at < 0 || at > pictures.length - PREFETCH_DISTANCE) onNear()
  }, [at, pictures.length])
  const last = useRef(path)
  last.current = path
  useEffect(
    () => () => {
      // The focus goes to the tile of the last picture, not to the tile that opened the viewer.
      const address = CSS.escape(href.picture(share.id, last.current))
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`.gallery a[href="${address}"]`)?.focus())
    },
    [],
  )
  const closing = useRef(false)
  const close = () => {
    // Going back takes a moment, in which a second click would leave the share.
    if (closing.current) return
    closing.current = true
    closeTo(href.shared(share.id))
  }
  const step = (by: number) => {
    const next = pictures[at + by]
    if (next) replaceRoute(href.picture(share.id, next.path))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // The video controls use the arrow keys.
    if (event.target instanceof HTMLVideoElement) return
    const forward = getComputedStyle(document.body).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') step(event.key === forward ? 1 : -1)
  }
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      class="viewer"
      aria-label={s.viewer.label(displayText(share.title))}
      onClose={close}
      onKeyDown={onKeyDown}
      {...useSwipe(step)}
    >
      <header class="row">
        <p class="grow truncate" aria-live="polite" dir="auto">
          {file ? `${displayText(file.path)} · ${s.viewer.position(at + 1, Math.max(pictures.length, at + 1))}` : ''}
        </p>
        {file && (
          <button
            type="button"
            class="icon-button"
            aria-label={s.share.downloadFile(displayText(file.path))}
            onClick={() => void saveFile(share, file).catch(error => notify(wordsFor(error), 'bad'))}
          >
            <Icon name="download" />
          </button>
        )}
        <button type="button" class="icon-button" aria-label={s.viewer.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {file && <MediaFigure key={file.path} share={share} file={file} />}
      <button type="button" class="icon-button step previous" aria-label={s.viewer.previous} disabled={at <= 0} onClick={() => step(-1)}>
        <Icon name="previous" />
      </button>
      <button
        type="button"
        class="icon-button step next"
        aria-label={s.viewer.next}
        disabled={at < 0 || at + 1 >= pictures.length}
        onClick={() => step(1)}
      >
        <Icon name="next" />
      </button>
    </dialog>
  )
}

/** The preview at once, then the picture over it when it is loaded. */
function MediaFigure({ share, file }: { share: Share; file: FileEntry }) {
  const preview = useBlobUrl(file.preview)
  const state = useSignal<'loading' | 'here' | 'failed'>('loading')
  const attempt = useSignal(0)
  const url = useFileUrl(share.id, file, attempt.value, () => (state.value = 'failed'))
  const film = file.type.startsWith('video/')
  return (
    <figure class="media" data-state={state.value}>
      {preview && !film && <img class="under" src={preview} alt="" draggable={false} />}
      {url === undefined ? null : film ? (
        // biome-ignore lint/a11y/useMediaCaption: videos of friends have no captions
        <video
          key={attempt.value}
          src={url}
          controls
          playsInline
          aria-label={displayText(file.path)}
          onLoadedMetadata={() => (state.value = 'here')}
          onError={() => (state.value = 'failed')}
        />
      ) : (
        <img
          key={attempt.value}
          src={url}
          alt={displayText(file.path)}
          decoding="async"
          draggable={false}
          onLoad={() => (state.value = 'here')}
          onError={() => (state.value = 'failed')}
        />
      )}
      <figcaption aria-live="polite">
        {state.value === 'loading' && (connection.value === 'connected' ? s.viewer.loading : s.viewer.waiting)}
        {state.value === 'failed' && (
          <>
            {s.viewer.failed}{' '}
            <button
              type="button"
              class="button"
              onClick={() => {
                state.value = 'loading'
                attempt.value += 1
              }}
            >
              {s.common.retry}
            </button>
          </>
        )}
      </figcaption>
    </figure>
  )
}

function useSwipe(step: (by: number) => void) {
  const start = useRef<{ x: number; y: number } | null>(null)
  return {
    onPointerDown: (event: PointerEvent) => {
      start.current = event.pointerType === 'touch' && event.isPrimary ? { x: event.clientX, y: event.clientY } : null
    },
    onPointerUp: (event: PointerEvent) => {
      // A drag on a zoomed page scrolls it.
      if (!start.current || (window.visualViewport?.scale ?? 1) > 1.01) return
      const [x, y] = [event.clientX - start.current.x, event.clientY - start.current.y]
      start.current = null
      if (Math.abs(x) > SWIPE_PX && Math.abs(x) > 2 * Math.abs(y)) step(x < 0 ? 1 : -1)
    },
  }
}
