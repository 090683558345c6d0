/** Messages between the window and the worker that reads QR codes. */

export type Picture = ImageBitmap | VideoFrame

export interface Answer {
  /** null: the picture has no code, or the code cannot be read. */
  text: string | null
  error?: string
}
