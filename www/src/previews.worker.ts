/** Decodes pictures and encodes them small: nothing of the original but its pixels survives. */

import { LIMITS } from './generated'
import { withoutPlace } from './jpeg'
import type { Answer, Job } from './previews.job'

const PREVIEW = { side: 320, bytes: LIMITS.previewBytes }
const AVATAR = { side: 256, bytes: LIMITS.avatarBytes }
const QUALITIES = [0.82, 0.7, 0.55, 0.4, 0.25]
/** Decoding is memory-hungry: one after the other. */
let queue: Promise<void> = Promise.resolve()

const scope = self as unknown as DedicatedWorkerGlobalScope

scope.onmessage = ({ data: job }: MessageEvent<Job>) => {
  queue = queue.then(async () => scope.postMessage(await answer(job)))
}

async function answer({ id, kind, file }: Job): Promise<Answer> {
  try {
    if (kind === 'place') return { id, blob: await withoutPlace(file) }
    return { id, blob: await (kind === 'avatar' ? small(file, AVATAR, square) : small(file, PREVIEW, fit)) }
  } catch (error) {
    // A picture that does not decode has no preview; only a place that stays is a failure.
    return kind === 'place' ? { id, blob: null, error: String(error) } : { id, blob: null }
  }
}

interface Frame {
  from: [x: number, y: number, width: number, height: number]
  width: number
  height: number
}

/** The whole picture, its longer side at most `side`. */
function fit({ width, height }: ImageBitmap, side: number): Frame {
  const scale = Math.min(1, side / Math.max(width, height))
  return { from: [0, 0, width, height], width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The middle of the picture. */
function square({ width, height }: ImageBitmap, side: number): Frame {
  const least = Math.min(width, height)
  const to = Math.min(side, least)
  return { from: [(width - least) / 2, (height - least) / 2, least, least], width: to, height: to }
}

async function small(file: Blob, { side, bytes }: { side: number; bytes: number }, frame: (picture: ImageBitmap, side: number) => Frame) {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  try {
    for (let width = side; width >= 64; width = Math.round(width * 0.75)) {
      const canvas = draw(picture, frame(picture, width))
      for (const quality of QUALITIES) {
        const blob = await encode(canvas, quality)
        if (blob.size <= bytes) return blob
      }
    }
    return null
  } finally {
    picture.close()
  }
}

function draw(picture: ImageBitmap, { from, width, height }: Frame): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, ...from, 0, 0, width, height)
  return canvas
}

/** WebP; JPEG where the browser has no encoder for it (it answers with PNG then). */
async function encode(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
  const webp = await canvas.convertToBlob({ type: 'image/webp', quality })
  return webp.type === 'image/webp' ? webp : canvas.convertToBlob({ type: 'image/jpeg', quality })
}
