/** Scans a QR code with the camera, or reads it from a picture: of an invite, if nothing else is said. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { wordsFor } from '../errors'
import { isInvite } from '../route'
import { cameraProblem, readPicture, watchCamera } from '../scan'
import { s } from '../strings'
import { Dialog } from './dialog'
import { ErrorMessage } from './field'

interface ReaderProps {
  onFound: (text: string) => void
  text?: string
  /** Whether a text is what is looked for. */
  accepts?: (text: string) => boolean
  /** What is said of another code. */
  other?: string
}

interface Props extends ReaderProps {
  onClose: () => void
  title?: string
}

/** In a dialog of its own. */
export const QrScanner = ({ onClose, title = s.scan.title, ...reader }: Props) => (
  <Dialog title={title} onClose={onClose}>
    <QrReader {...reader} />
  </Dialog>
)

export function QrReader({ onFound, text = s.scan.text, accepts = isInvite, other: otherText = s.scan.other }: ReaderProps) {
  const other = useSignal(false)
  const found = (text: string) => {
    if (accepts(text)) onFound(text)
    else other.value = true
  }
  return (
    <>
      <p class="quiet">{text}</p>
      <Camera found={found} />
      {other.value && <ErrorMessage text={otherText} />}
      <PictureInput found={found} />
    </>
  )
}

function Camera({ found }: { found: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const state = useSignal<'starting' | 'looking' | 'failed'>('starting')
  const problem = useSignal<string | null>(null)
  const attempt = useSignal(0)
  const call = useRef(found)
  call.current = found
  useEffect(() => {
    let watching: AbortController | undefined
    const stop = () => watching?.abort()
    const failed = (error: unknown) => {
      stop()
      const why = cameraProblem(error)
      problem.value = why ? s.scan[why] : wordsFor(error)
      state.value = 'failed'
    }
    const start = async () => {
      if (!video.current || state.value === 'failed') return
      watching = new AbortController()
      const { signal } = watching
      state.value = 'starting'
      try {
        await watchCamera(video.current, signal, text => call.current(text), failed)
        if (!signal.aborted) state.value = 'looking'
      } catch (error) {
        if (!signal.aborted) failed(error)
      }
    }
    // The camera is off while the page is hidden.
    const onVisibility = () => (document.hidden ? stop() : void start())
    onVisibility()
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      stop()
    }
  }, [attempt.value])
  const again = () => {
    state.value = 'starting'
    attempt.value += 1
  }
  if (state.value === 'failed') {
    return (
      <>
        <ErrorMessage text={problem.value ?? ''} />
        <div class="actions">
          <button type="button" class="button" onClick={again}>
            {s.scan.again}
          </button>
        </div>
      </>
    )
  }
  return (
    <>
      <video ref={video} class="camera" aria-label={s.scan.camera} playsInline muted />
      <small role="status">{state.value === 'starting' ? s.scan.starting : s.scan.looking}</small>
    </>
  )
}

function PictureInput({ found }: { found: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const problem = useSignal<string | null>(null)
  const read = async (file: File | undefined) => {
    if (!file) return
    problem.value = null
    try {
      const text = await readPicture(file)
      if (text === null) problem.value = s.scan.nothing
      else found(text)
    } catch (error) {
      problem.value = wordsFor(error)
    }
  }
  return (
    <div class="actions">
      <button type="button" class="button plain" onClick={() => input.current?.click()}>
        {s.scan.picture}
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        aria-label={s.scan.picture}
        accept="image/*"
        onChange={event => {
          void read(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      {problem.value && <ErrorMessage text={problem.value} />}
    </div>
  )
}
