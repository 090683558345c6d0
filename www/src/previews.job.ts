/** What the window asks of the previews worker, and what comes back. */

export type Kind = 'preview' | 'avatar' | 'location'

export interface Job {
  id: number
  kind: Kind
  file: Blob
}

export interface Answer {
  id: number
  /** null: the browser cannot decode it, or there was nothing to take out. */
  blob: Blob | null
  error?: string
}
