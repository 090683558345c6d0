/** What a person is told when a call fails. */

import type { Code, Detail } from './contract'
import { SpinneyError } from './spinney'
import { s } from './strings'

export const codeOf = (error: unknown): Code | undefined => (error instanceof SpinneyError ? error.code : undefined)

/** What the code leaves open. */
export const detailOf = (error: unknown): Detail | undefined => (error instanceof SpinneyError ? error.detail : undefined)

export function wordsFor(error: unknown): string {
  const code = codeOf(error)
  // Of the two, the detail says more.
  const known = s.errors[detailOf(error) ?? ''] ?? (code === undefined ? undefined : s.errors[code])
  return known ?? s.unexpected(error instanceof Error ? error.message : String(error))
}

/** Whether the person ended it themselves: nothing to say then. */
export const wasCancelled = (error: unknown): boolean => codeOf(error) === 'cancelled'
