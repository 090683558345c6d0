/** Looks for a QR code in what the camera sees or in a picture, with a worker of its own so that the window stays free. */

import type { Answer, Picture } from './scan.job'

/** Enough for a code of a hundred modules that fills half of the picture. */
const CAMERA_WIDTH = 1280

/** Why the camera shows nothing. */
export type CameraProblem = 'denied' | 'none' | 'busy' | 'ended'

/** Reads codes from one picture after the other; `read` is called again after it has answered. */
class QrReader {
  #worker = new Worker(new URL('./scan.worker.ts', import.meta.url), { type: 'module', name: 'scan' })

  read(picture: Picture): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data: { text, error } }: MessageEvent<Answer>) => (error === undefined ? resolve(text) : reject(new Error(error)))
      this.#worker.onerror = () => reject(new Error('the reader of QR codes cannot be loaded'))
      this.#worker.postMessage(picture, [picture])
    })
  }

  close(): void {
    this.#worker.terminate()
  }
}

/** The code in a picture; null where there is none, or the file is no picture. */
export async function readPicture(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null)
  if (!picture) return null
  const reader = new QrReader()
  try {
    return await reader.read(picture)
  } finally {
    reader.close()
  }
}

/**
 * Shows the camera in `video`, and gives every code that it sees to `found`, until it is aborted or fails.
 *
 * Rejects with what the browser says where there is no camera to be had; see `whyNoCamera`.
 */
export async function watchCamera(video: HTMLVideoElement, signal: AbortSignal, found: (text: string) => void, failed: (error: unknown) => void): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: CAMERA_WIDTH } } })
  const reader = new QrReader()
  const stop = () => {
    reader.close()
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
  // It may have been aborted while the person was asked.
  if (signal.aborted) return stop()
  signal.addEventListener('abort', stop, { once: true })
  for (const track of stream.getTracks()) track.onended = () => failed(new DOMException('the camera was switched off', 'AbortError'))
  const look = async () => {
    if (signal.aborted) return
    try {
      const text = await reader.read(await currentFrame(video))
      if (text !== null && !signal.aborted) found(text)
      video.requestVideoFrameCallback(look)
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
  }
  video.srcObject = stream
  // Before it plays, there may be a frame of which no picture can be made.
  await video.play()
  video.requestVideoFrameCallback(look)
}

/** What is seen now; a frame, where there is such a thing, costs the window nothing, and a picture some milliseconds. */
const currentFrame = (video: HTMLVideoElement): Picture | Promise<Picture> => ('VideoFrame' in self ? new VideoFrame(video) : createImageBitmap(video))

/** What the browser means by its exceptions (Media Capture and Streams §10.2); undefined for any other. */
export function cameraProblem(error: unknown): CameraProblem | undefined {
  if (!(error instanceof DOMException)) return undefined
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none'
    case 'NotReadableError':
      return 'busy'
    case 'AbortError':
      return 'ended'
    default:
      return undefined
  }
}
