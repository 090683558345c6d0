/** Puts the licences of libraries into a build that ask for it: `licences/NAME.txt`. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Of libheif and libde265, LGPL-3; of PDF.js, Apache-2.0. */
const LICENCES: Readonly<Record<string, string>> = {
  libheif: 'libheif-js/libheif-wasm/LICENSE',
  pdfjs: 'pdfjs-dist/LICENSE',
  'pdfjs-jbig2': 'pdfjs-dist/wasm/LICENSE_JBIG2',
  'pdfjs-openjpeg': 'pdfjs-dist/wasm/LICENSE_OPENJPEG',
}

export const licences = (): Plugin => ({
  name: 'spinney:licences',
  apply: 'build',
  generateBundle() {
    for (const [name, path] of Object.entries(LICENCES)) {
      const source = readFileSync(join(import.meta.dirname, 'node_modules', path))
      this.emitFile({ type: 'asset', fileName: `licences/${name}.txt`, source })
    }
  },
})
