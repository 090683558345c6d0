/** Shows one picture or video on the whole screen. Arrow keys, swipes and Escape work. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText } from '../format'
import { isFilm } from '../media-type'
import { closeTo, href, replaceRoute } from '../route'
import { api } from '../state/engine'
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
            onClick={() => save(share, file)}
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
  const state = useSignal<'loading' | 'here' | 'absent' | 'unknown' | 'sound'>('loading')
  const attempt = useSignal(0)
  const film = isFilm(file.type)
  /** A browser says the same of bytes that it cannot get and of those that it cannot show. */
  const fail = async () => {
    const tried = attempt.value
    const here = await isReadable(share, file)
    if (attempt.value === tried) state.value = here ? 'unknown' : 'absent'
  }
  const url = useFileUrl(share.id, file, attempt.value, () => void fail())
  const retry = () => {
    state.value = 'loading'
    attempt.value += 1
  }
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
          // A browser that does not know how the pictures of a film are packed plays its sound.
          onLoadedMetadata={event => (state.value = event.currentTarget.videoWidth > 0 ? 'here' : 'sound')}
          onError={() => void fail()}
        />
      ) : (
        <img
          key={attempt.value}
          src={url}
          alt={displayText(file.path)}
          decoding="async"
          draggable={false}
          onLoad={() => (state.value = 'here')}
          onError={() => void fail()}
        />
      )}
      <figcaption aria-live="polite">
        {state.value === 'loading' && (connection.value === 'connected' ? s.viewer.loading : s.viewer.waiting)}
        {state.value === 'absent' && (
          <>
            {s.viewer.absent}{' '}
            <button type="button" class="button" onClick={retry}>
              {s.common.retry}
            </button>
          </>
        )}
        {(state.value === 'unknown' || state.value === 'sound') && (
          <>
            {state.value === 'sound' ? s.viewer.sound : s.viewer.unknown}{' '}
            <button type="button" class="button" onClick={() => save(share, file)}>
              <Icon name="download" />
              {s.share.download}
            </button>
          </>
        )}
      </figcaption>
    </figure>
  )
}

const save = (share: Share, file: FileEntry) => void saveFile(share, file).catch(error => notify(wordsFor(error), 'bad'))

/** Read to see whether a film is here: its beginning and its end, where it tells what is in it. */
const PROBE = 64 * 1024
/** A picture is read as a whole, since a browser needs all of it; a larger one like a film. */
const WHOLE = 64 * 1024 * 1024

/** Whether the bytes can be had that the browser needs to show the file. */
async function isReadable(share: Share, { path, size, type }: FileEntry): Promise<boolean> {
  const ends = [
    { offset: 0, length: Math.min(PROBE, size) },
    { offset: Math.max(0, size - PROBE), length: Math.min(PROBE, size) },
  ]
  const ranges = isFilm(type) || size > WHOLE ? ends : [{ offset: 0, length: size }]
  try {
    for (const range of ranges) await api().shares.read(share.id, path, range).pipeTo(new WritableStream())
    return true
  } catch {
    return false
  }
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
