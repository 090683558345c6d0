/** The part of PDF.js that reads documents. It begins by itself, since it is in a worker. */

import 'pdfjs-dist/legacy/build/pdf.worker.mjs'
