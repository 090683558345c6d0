/** Decodes HEIC by libheif, which is a file of its own and loaded here only. Its licence, LGPL-3, is in `licences`. */

import wasm from 'libheif-js/libheif-wasm/libheif.wasm?url'
import type { Answer } from './bounded-worker'
import type { Job } from './heif.job'
import { BEGINNING, coloursOf } from './heif-colours'

/** More than any camera of a phone has but for the largest of few; four bytes each are made of them. */
const MAX_PIXELS = 64_000_000
/** Bytes that the decoder may take: 64 million pixels, twice. */
const MAX_MEMORY = 768 * 1024 * 1024
const PAGE = 64 * 1024
const QUALITY = 0.92

const scope = self as unknown as DedicatedWorkerGlobalScope
const decoder = load()

scope.onmessage = async ({ data }: MessageEvent<Job>) => {
  const answer: Answer = await decode(data).catch(() => null)
  scope.postMessage(answer)
}

async function load() {
  const [{ default: libheif }, code] = await Promise.all([
    import('libheif-js/libheif-wasm/libheif.js'),
    fetch(wasm).then(async answer => new WebAssembly.Module(await answer.arrayBuffer())),
  ])
  return libheif({ instantiateWasm, print: () => {}, printErr: () => {} })

  function instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => unknown) {
    const instance = new WebAssembly.Instance(code, imports)
    for (const memory of Object.values(instance.exports)) if (memory instanceof WebAssembly.Memory) bound(memory)
    return receive(instance)
  }
}

/** The decoder hears that there is no more memory, and says so. */
function bound(memory: WebAssembly.Memory): void {
  const grow = memory.grow.bind(memory)
  memory.grow = pages => {
    if (memory.buffer.byteLength + pages * PAGE > MAX_MEMORY) throw new RangeError('the picture is too large')
    return grow(pages)
  }
}

async function decode({ file, side }: Job): Promise<Blob | null> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const heif = await decoder
  const context = heif.heif_context_alloc()
  const done = [() => heif.heif_context_free(context)]
  try {
    if (heif.heif_context_read_from_memory(context, bytes).code !== heif.heif_error_code.heif_error_Ok) return null
    const handle = heif.heif_js_context_get_primary_image_handle(context)
    if (!handle || handle.code) return null
    done.push(() => heif.heif_image_handle_release(handle))
    const [width, height] = [heif.heif_image_handle_get_width(handle), heif.heif_image_handle_get_height(handle)]
    if (width * height > MAX_PIXELS) return null
    const hasAlpha = heif.heif_image_handle_has_alpha_channel(handle) !== 0
    const { heif_colorspace_RGB: rgb } = heif.heif_colorspace
    // As libheif stores them: turned and cropped as the file says.
    const decoded = heif.heif_js_decode_image2(handle, rgb, heif.heif_chroma.heif_chroma_interleaved_RGBA)
    if (decoded?.image) done.push(() => heif.heif_image_release(decoded.image))
    const plane: Plane | undefined = decoded?.channels?.[0]
    if (!plane || plane.width * plane.height > MAX_PIXELS) return null
    return await encode(packed(plane), coloursOf(bytes.subarray(0, BEGINNING)), hasAlpha, side)
  } finally {
    for (const free of done.reverse()) free()
  }
}

/** What libheif gives: four bytes for each pixel, in its own memory. */
interface Plane {
  width: number
  height: number
  /** Bytes from one row to the next. */
  stride: number
  data: Uint8Array<ArrayBuffer>
}

/** The rows without what stands between them. */
function packed({ width, height, stride, data }: Plane): ImageDataLike {
  const row = width * 4
  if (stride === row) return { width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, row * height) }
  const pixels = new Uint8ClampedArray(row * height)
  for (let y = 0; y < height; y += 1) pixels.set(data.subarray(y * stride, y * stride + row), y * row)
  return { width, height, data: pixels }
}

interface ImageDataLike {
  width: number
  height: number
  data: Uint8ClampedArray<ArrayBuffer>
}

async function encode(pixels: ImageDataLike, colorSpace: PredefinedColorSpace, hasAlpha: boolean, side?: number): Promise<Blob> {
  const whole = new OffscreenCanvas(pixels.width, pixels.height)
  // The canvas has the colours of every screen, and takes others over.
  draw(whole).putImageData(new ImageData(pixels.data, pixels.width, pixels.height, { colorSpace }), 0, 0)
  const scale = Math.min(1, (side ?? Number.POSITIVE_INFINITY) / Math.max(pixels.width, pixels.height))
  if (scale === 1) return stored(whole, hasAlpha)
  const size = (length: number) => Math.max(1, Math.round(length * scale))
  const small = new OffscreenCanvas(size(pixels.width), size(pixels.height))
  const context = draw(small)
  context.imageSmoothingQuality = 'high'
  context.drawImage(whole, 0, 0, small.width, small.height)
  return stored(small, hasAlpha)
}

function draw(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  return context
}

/** JPEG, which is made soonest; what is transparent in WebP, or in PNG where there is no WebP. */
const stored = (canvas: OffscreenCanvas, hasAlpha: boolean) =>
  canvas.convertToBlob({ type: hasAlpha ? 'image/webp' : 'image/jpeg', quality: QUALITY })
