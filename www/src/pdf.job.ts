/** What the window asks of the worker that draws first pages. */

export interface Job {
  file: Blob
  /** The longer side of the picture, in pixels. */
  side: number
}
