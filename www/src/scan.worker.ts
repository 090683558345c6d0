/** Reads QR codes from pictures. */

import type { Answer, Picture } from './scan.job'

/** The Barcode Detection API, which TypeScript does not know. The `qr` package has the same interface. */
interface Detector {
  detect(picture: Picture): Promise<{ rawValue: string }[]>
}
interface DetectorConstructor {
  new (options: { formats: ['qr_code'] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

const scope = self as unknown as DedicatedWorkerGlobalScope & { BarcodeDetector?: DetectorConstructor }
const detector = createDetector()

scope.onmessage = async ({ data: picture }: MessageEvent<Picture>) => scope.postMessage(await detectCode(picture))

async function createDetector(): Promise<Detector> {
  const own = scope.BarcodeDetector
  // Some browsers have the API but support no format.
  const reads = (await own?.getSupportedFormats().catch((): string[] => []))?.includes('qr_code')
  const BarcodeDetector: DetectorConstructor = own && reads ? own : (await import('qr/decode.js')).BarcodeDetector
  return new BarcodeDetector({ formats: ['qr_code'] })
}

async function detectCode(picture: Picture): Promise<Answer> {
  try {
    const [code] = await (await detector).detect(picture)
    return { text: code?.rawValue ?? null }
  } catch (error) {
    return { text: null, error: String(error) }
  } finally {
    picture.close()
  }
}
