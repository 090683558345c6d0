/** Decodes pictures and encodes them small. Only the pixels of the original are kept. */

import { LIMITS } from './generated'
import { withoutPlace } from './metadata/place'
import type { Answer, Job } from './previews.job'

const PREVIEW = { side: 320, bytes: LIMITS.previewBytes }
const AVATAR = { side: 256, bytes: LIMITS.avatarBytes }
const QUALITIES = [0.82, 0.7, 0.55, 0.4, 0.25]
/** One picture at a time, because decoding needs much memory. */
let queue: Promise<void> = Promise.resolve()

const scope = self as unknown as DedicatedWorkerGlobalScope

scope.onmessage = ({ data: job }: MessageEvent<Job>) => {
  const work = async () => scope.postMessage(await answer(job))
  if (job.kind === 'location') void work()
  else queue = queue.then(work)
}

async function answer({ id, kind, file }: Job): Promise<Answer> {
  try {
    if (kind === 'location') return { id, blob: await withoutPlace(file) }
    return { id, blob: await (kind === 'avatar' ? encodeWithin(file, AVATAR, cropSquare) : encodeWithin(file, PREVIEW, fitInside)) }
  } catch (error) {
    // Without a preview the share still works. What cannot be read is named when the engine reads it.
    return { id, blob: null, locationStays: kind === 'location' && !isUnreadable(error) }
  }
}

/** The browser could not read the file; everything else is about what is in it. */
const isUnreadable = (error: unknown): boolean => error instanceof DOMException

interface Frame {
  from: [x: number, y: number, width: number, height: number]
  width: number
  height: number
}

/** The whole picture; its longer side is at most `side`. */
function fitInside({ width, height }: ImageBitmap, side: number): Frame {
  const scale = Math.min(1, side / Math.max(width, height))
  return { from: [0, 0, width, height], width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The centre of the picture as a square. */
function cropSquare({ width, height }: ImageBitmap, side: number): Frame {
  const least = Math.min(width, height)
  const to = Math.min(side, least)
  return { from: [(width - least) / 2, (height - least) / 2, least, least], width: to, height: to }
}

async function encodeWithin(
  file: Blob,
  { side, bytes }: { side: number; bytes: number },
  frame: (picture: ImageBitmap, side: number) => Frame,
) {
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

/** WebP, or JPEG if the browser has no WebP encoder (it answers with PNG then). */
async function encode(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
  const webp = await canvas.convertToBlob({ type: 'image/webp', quality })
  return webp.type === 'image/webp' ? webp : canvas.convertToBlob({ type: 'image/jpeg', quality })
}
