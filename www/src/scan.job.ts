/** What the window gives the worker that reads QR codes, and what comes back. */

export type Picture = ImageBitmap | VideoFrame

export interface Answer {
  /** null: there is no code in it, or it cannot be read. */
  text: string | null
  error?: string
}
