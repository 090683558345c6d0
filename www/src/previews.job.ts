/** Messages between the window and the previews worker. */

export type Kind = 'preview' | 'avatar' | 'location'

export interface Job {
  id: number
  kind: Kind
  file: Blob
}

export interface Answer {
  id: number
  /** null: the browser cannot decode the picture, or it had no location to remove. */
  blob: Blob | null
  /** The file may still tell where it was taken. */
  locationStays?: boolean
}
