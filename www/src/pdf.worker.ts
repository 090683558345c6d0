/** Draws the first page of a PDF by PDF.js. Nothing in the document runs: what runs scripts is not loaded. */

import jbig2 from 'pdfjs-dist/wasm/jbig2.wasm?url'
import openjpeg from 'pdfjs-dist/wasm/openjpeg.wasm?url'
import type { Answer } from './bounded-worker'
import type { Job } from './pdf.job'

/** Larger pictures in a page are left out. */
const MAX_PICTURE_PIXELS = 64_000_000
const MAX_PICTURE_BYTES = MAX_PICTURE_PIXELS * 4
/** What is read at once of a document: most of it is not about its first page. */
const PIECE = 256 * 1024

/** What decodes the pictures of scanned pages. */
const DECODERS: Readonly<Record<string, string>> = { 'jbig2.wasm': jbig2, 'openjpeg.wasm': openjpeg }

const scope = self as unknown as DedicatedWorkerGlobalScope & { fonts: unknown }
const library = load()

scope.onmessage = async ({ data }: MessageEvent<Job>) => {
  const answer: Answer = await draw(data).catch(() => null)
  scope.postMessage(answer)
}

async function load() {
  const pdf = await import('pdfjs-dist/legacy/build/pdf.mjs')
  pdf.GlobalWorkerOptions.workerPort = new Worker(new URL('./pdf-core.worker.ts', import.meta.url), { type: 'module' })
  return pdf
}

async function draw({ file, side }: Job): Promise<Blob> {
  const { getDocument, PDFDataRangeTransport, VerbosityLevel } = await library
  class Pieces extends PDFDataRangeTransport {
    override async requestDataRange(begin: number, end: number): Promise<void> {
      this.onDataRange(begin, await bytes(file, begin, end))
    }
  }
  const opened = getDocument({
    range: new Pieces(file.size, await bytes(file, 0, PIECE)),
    rangeChunkSize: PIECE,
    disableAutoFetch: true,
    disableStream: true,
    maxImageSize: MAX_PICTURE_PIXELS,
    canvasMaxAreaInBytes: MAX_PICTURE_BYTES,
    verbosity: VerbosityLevel.ERRORS,
    // A worker has no document, but fonts. Those that a file lacks are of the system.
    ownerDocument: { fonts: scope.fonts } as never,
    useSystemFonts: true,
    useWorkerFetch: false,
    wasmUrl: './',
    CanvasFactory,
    FilterFactory,
    BinaryDataFactory,
  })
  try {
    const page = await (await opened.promise).getPage(1)
    const { width, height } = page.getViewport({ scale: 1 })
    const viewport = page.getViewport({ scale: side / Math.max(width, height) })
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(viewport.width)), Math.max(1, Math.round(viewport.height)))
    const canvasContext = contextOf(canvas) as never
    await page.render({ canvas: null, canvasContext, viewport, background: 'white' }).promise
    return await canvas.convertToBlob()
  } finally {
    await opened.destroy()
  }
}

const bytes = async (file: Blob, begin: number, end: number) => new Uint8Array(await file.slice(begin, end).arrayBuffer())

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  return context
}

interface Drawn {
  canvas: OffscreenCanvas | null
  context: OffscreenCanvasRenderingContext2D | null
}

/** What PDF.js asks of a document, in a worker. */
class CanvasFactory {
  create(width: number, height: number): Drawn {
    const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height))
    return { canvas, context: contextOf(canvas) }
  }

  reset({ canvas }: Drawn, width: number, height: number): void {
    if (canvas) Object.assign(canvas, { width, height })
  }

  destroy(drawn: Drawn): void {
    if (drawn.canvas) Object.assign(drawn.canvas, { width: 0, height: 0 })
    Object.assign(drawn, { canvas: null, context: null })
  }

  getNoAlphaContext(canvas: OffscreenCanvas) {
    return canvas.getContext('2d', { alpha: false })
  }
}

/** Filters are of SVG, and a worker has none. */
class FilterFactory {
  addFilter = none
  addHCMFilter = none
  addAlphaFilter = none
  addLuminosityFilter = none
  addKnockoutFilter = none
  addHighlightHCMFilter = none
  addSelectionHCMFilter = none
  addSelectionFilter = none
  createSelectionStyle = () => null
  destroy(): void {}
}

function none(): string {
  return 'none'
}

class BinaryDataFactory {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const url = DECODERS[filename]
    if (url === undefined) throw new Error(`${filename} is no part of this page`)
    return new Uint8Array(await (await fetch(url)).arrayBuffer())
  }
}
