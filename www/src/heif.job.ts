/** What the window asks of the worker that decodes HEIC. */

export interface Job {
  file: Blob
  /** The longer side of the picture is to have at most so many pixels; without it, as many as it has. */
  side?: number
}
