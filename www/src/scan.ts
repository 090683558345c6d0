/** Reads QR codes from the camera or from a picture, in a worker so that the window stays responsive. */

import type { Answer, Picture } from './scan.job'

/** Enough pixels for a code of a hundred modules that fills half of the picture. */
const CAMERA_WIDTH = 1280

/** Why the camera cannot be used. */
export type CameraProblem = 'denied' | 'none' | 'busy' | 'ended'

/** Reads codes from pictures, one picture at a time: wait for the answer before the next `read`. */
class QrReader {
  #worker = new Worker(new URL('./scan.worker.ts', import.meta.url), { type: 'module', name: 'scan' })

  read(picture: Picture): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data: { text, error } }: MessageEvent<Answer>) =>
        error === undefined ? resolve(text) : reject(new Error(error))
      this.#worker.onerror = () => reject(new Error('the reader of QR codes cannot be loaded'))
      this.#worker.postMessage(picture, [picture])
    })
  }

  close(): void {
    this.#worker.terminate()
  }
}

/** The code in a picture; null if it has none or the file is not a picture. */
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
 * Shows the camera in `video` and calls `found` for every code, until `signal` is aborted or the camera fails.
 *
 * Rejects with the browser's exception if there is no camera; see `cameraProblem`.
 */
export async function watchCamera(
  video: HTMLVideoElement,
  signal: AbortSignal,
  found: (text: string) => void,
  failed: (error: unknown) => void,
): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: CAMERA_WIDTH } } })
  const reader = new QrReader()
  const stop = () => {
    reader.close()
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
  // The caller may have aborted while the browser asked for permission.
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
  // Before the video plays, its frame may have no image.
  await video.play()
  video.requestVideoFrameCallback(look)
}

/** The current frame. A `VideoFrame` costs the window nothing; an `ImageBitmap` takes some milliseconds. */
const currentFrame = (video: HTMLVideoElement): Picture | Promise<Picture> =>
  'VideoFrame' in self ? new VideoFrame(video) : createImageBitmap(video)

/** Maps the browser's exceptions (Media Capture and Streams §10.2); undefined for any other error. */
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
