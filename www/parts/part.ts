/** A component in every state that somebody can meet it in: for the page of parts, and for the tests of them. */

import type { ComponentChild } from 'preact'

export interface Part {
  name: string
  /** What each state shows, by its name. A function, so that every showing begins anew. */
  states: Readonly<Record<string, () => ComponentChild>>
}
