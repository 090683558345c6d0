/** Reads QR codes from pictures. */

import type { Answer, Picture } from './scan.job'

/** What a browser that reads codes itself has beside the standard's types, and what is loaded where there is none. */
interface Detector {
  detect(picture: Picture): Promise<{ rawValue: string }[]>
}
interface Detectors {
  new (options: { formats: ['qr_code'] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

const scope = self as unknown as DedicatedWorkerGlobalScope & { BarcodeDetector?: Detectors }
const detector = choose()

scope.onmessage = async ({ data: picture }: MessageEvent<Picture>) => scope.postMessage(await read(picture))

async function choose(): Promise<Detector> {
  const own = scope.BarcodeDetector
  // There are browsers that have it, and no format that it reads.
  const reads = (await own?.getSupportedFormats().catch((): string[] => []))?.includes('qr_code')
  const BarcodeDetector: Detectors = own && reads ? own : (await import('qr/decode.js')).BarcodeDetector
  return new BarcodeDetector({ formats: ['qr_code'] })
}

async function read(picture: Picture): Promise<Answer> {
  try {
    const [code] = await (await detector).detect(picture)
    return { text: code?.rawValue ?? null }
  } catch (error) {
    return { text: null, error: String(error) }
  } finally {
    picture.close()
  }
}
