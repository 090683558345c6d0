/** A picture out of a film, for its preview. Only a window has a decoder of films; a worker has none. */

/** Enough pixels for a preview, which is made smaller still. */
const SIDE = 640
const QUALITY = 0.9
/** Films often begin black. In seconds. */
const AT = 1
/** A browser that says nothing about a film for so long does not show it. In milliseconds. */
const PATIENCE_MS = 10_000

/** Null if this browser does not show the film. */
export async function filmStill(film: File, signal?: AbortSignal): Promise<File | null> {
  const url = URL.createObjectURL(film)
  const video = document.createElement('video')
  const ends = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(signal ? [signal] : [])])
  try {
    video.muted = true
    video.preload = 'auto'
    video.src = url
    await heard(video, 'loadeddata', ends)
    if (!video.videoWidth) return null
    // A film that was recorded in a browser does not say how long it is.
    if (video.duration > 0) {
      video.currentTime = Math.min(AT, Number.isFinite(video.duration) ? video.duration / 2 : AT)
      await heard(video, 'seeked', ends)
    }
    return await drawn(video, film.name)
  } catch {
    return null
  } finally {
    video.removeAttribute('src')
    video.load()
    URL.revokeObjectURL(url)
  }
}

function heard(video: HTMLVideoElement, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const once = { once: true }
    video.addEventListener(event, () => resolve(), once)
    video.addEventListener('error', () => reject(new Error('this is no film for this browser')), once)
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), once)
  })
}

async function drawn(video: HTMLVideoElement, name: string): Promise<File | null> {
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight))
  const size = (pixels: number) => Math.max(1, Math.round(pixels * scale))
  const canvas = new OffscreenCanvas(size(video.videoWidth), size(video.videoHeight))
  const context = canvas.getContext('2d')
  if (!context) return null
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  const type = 'image/jpeg'
  return new File([await canvas.convertToBlob({ type, quality: QUALITY })], name, { type })
}
