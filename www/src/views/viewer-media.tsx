/** A picture, film or sound in the viewer: the preview at once, then the file over it when it is loaded. */

import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { displayText } from '../format'
import { kindOf } from '../media-type'
import { api } from '../state/engine'
import { connection } from '../state/network'
import { s } from '../strings'
import { Icon } from '../ui/icon'
import { useBlobUrl } from '../ui/use-blob-url'
import { useDecodedUrl } from '../ui/use-decoded-url'
import { useFileUrl } from '../ui/use-file-url'
import type { useZoom } from '../ui/use-zoom'
import { saveOrSay } from './save'

/** What the browser found in a file. */
export interface Facts {
  width?: number
  height?: number
  /** Seconds. */
  length?: number
}

interface Props {
  share: Share
  file: FileEntry
  /** It fades away under the next one. */
  leaving: boolean
  zoom: Pick<ReturnType<typeof useZoom>, 'placement' | 'dragged'>
  /** A film plays by itself. */
  plays: boolean
  onFacts: (facts: Facts) => void
  /** A film has ended, or cannot be shown. */
  onEnded: () => void
}

export function MediaFigure({ share, file, leaving, zoom, plays, onFacts, onEnded }: Props) {
  const preview = useBlobUrl(file.preview)
  const state = useSignal<'loading' | 'here' | 'absent' | 'unknown' | 'sound'>('loading')
  const attempt = useSignal(0)
  const kind = kindOf(file)
  const moving = useRef<HTMLDivElement>(null)
  const player = useRef<HTMLMediaElement>(null)
  useSignalEffect(() => {
    const { scale, x, y } = zoom.placement.value
    const by = zoom.dragged.value
    if (!moving.current) return
    moving.current.style.transform = leaving || kind !== 'picture' ? '' : `translate(${x + by.x}px, ${y + by.y}px) scale(${scale})`
  })
  useEffect(() => {
    // A browser may refuse to play what nobody pressed.
    if (plays && state.value === 'here') player.current?.play().catch(onEnded)
  }, [plays, state.value])
  useEffect(() => {
    // A slide show does not stop at what cannot be shown.
    if (state.value === 'unknown') onFacts({})
  }, [state.value])
  /** A browser says the same of bytes that it cannot get and of those that it cannot show. */
  const fail = async () => {
    const tried = attempt.value
    const here = await isReadable(share, file)
    if (here && (await decoded.decode())) return
    if (attempt.value === tried) state.value = here ? 'unknown' : 'absent'
  }
  const decoded = useDecodedUrl(share.id, file, attempt.value)
  const direct = useFileUrl(share.id, file, attempt.value, () => void fail())
  const url = decoded.url ?? direct
  const retry = () => {
    state.value = 'loading'
    attempt.value += 1
  }
  const loaded = (event: { currentTarget: HTMLMediaElement }) => {
    const { duration } = event.currentTarget
    const { videoWidth: width = 0, videoHeight: height = 0 } = event.currentTarget as HTMLVideoElement
    // A browser that does not know how the pictures of a film are packed plays its sound.
    state.value = kind === 'sound' || width > 0 ? 'here' : 'sound'
    onFacts({ ...(width > 0 && { width, height }), ...(Number.isFinite(duration) && { length: duration }) })
  }
  const common = { key: attempt.value, src: url, onError: () => void fail() }
  const playing = { ...common, controls: true, 'aria-label': displayText(file.path), onLoadedMetadata: loaded, onEnded }
  return (
    <figure class="media" data-state={state.value} data-kind={kind} data-leaving={leaving} aria-hidden={leaving}>
      <div class="moving" ref={moving}>
        {preview && kind === 'picture' && <img class="under" src={preview} alt="" draggable={false} />}
        {kind === 'sound' && <Icon name="sound" />}
        {url === undefined ? null : kind === 'film' ? (
          <video ref={player as { current: HTMLVideoElement | null }} {...playing} playsInline poster={preview} />
        ) : kind === 'sound' ? (
          <audio ref={player as { current: HTMLAudioElement | null }} {...playing} />
        ) : (
          <img
            {...common}
            alt={displayText(file.path)}
            decoding="async"
            draggable={false}
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
              state.value = 'here'
              onFacts({ width, height })
            }}
          />
        )}
      </div>
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
            <button type="button" class="button" onClick={() => saveOrSay(share, file)}>
              <Icon name="download" />
              {s.share.download}
            </button>
          </>
        )}
      </figcaption>
    </figure>
  )
}

/** Read to see whether a film is here: its beginning and its end, where it tells what is in it. */
const PROBE = 64 * 1024
/** A picture is read as a whole, since a browser needs all of it; a larger one like a film. */
const WHOLE = 64 * 1024 * 1024

/** Whether the bytes can be had that the browser needs to show the file. */
async function isReadable(share: Share, file: FileEntry): Promise<boolean> {
  const { path, size } = file
  const ends = [
    { offset: 0, length: Math.min(PROBE, size) },
    { offset: Math.max(0, size - PROBE), length: Math.min(PROBE, size) },
  ]
  const ranges = kindOf(file) !== 'picture' || size > WHOLE ? ends : [{ offset: 0, length: size }]
  try {
    for (const range of ranges) await api().shares.read(share.id, path, range).pipeTo(new WritableStream())
    return true
  } catch {
    return false
  }
}
