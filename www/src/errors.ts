/** What a person is told when a call fails. */

import type { Code, Detail } from './contract'
import { displayText } from './format'
import { SpinneyError } from './spinney'
import { engine } from './state/engine'
import { lastUnlocked, me } from './state/session'
import { s } from './strings'

/** Files that were chosen and cannot be read. */
export class UnreadableError extends Error {
  constructor(readonly paths: readonly string[]) {
    super('some files cannot be read')
  }
}

export const codeOf = (error: unknown): Code | undefined => (error instanceof SpinneyError ? error.code : undefined)

/** What the code leaves open. */
export const detailOf = (error: unknown): Detail | undefined => (error instanceof SpinneyError ? error.detail : undefined)

/** What is wrong with recovery words that were typed; undefined for another error. */
export function phraseProblem(error: unknown): string | undefined {
  if (!(error instanceof SpinneyError)) return undefined
  const { words = 0, position = 0, near = [] } = error.parameters
  switch (error.detail) {
    case 'word-count':
      return s.recover.count(words)
    case 'unknown-word':
      return s.recover.unknown(position, near)
    case 'word-order':
      return s.recover.order
    case 'words-of-another':
      return s.errors['words-of-another']
    default:
      return undefined
  }
}

/** What is wrong with the four words of a device that were typed; undefined for another error. */
export function deviceProblem(error: unknown): string | undefined {
  if (!(error instanceof SpinneyError)) return undefined
  const { words = 0, position = 0, near = [], tries = 0 } = error.parameters
  switch (error.detail) {
    case 'other-words':
      return s.devices.wrong(tries)
    case 'four-words':
      return s.devices.needFour(words)
    case 'unknown-word':
      return s.devices.wrongWord(position, near)
    default:
      return undefined
  }
}

/** Why a code does not link this device; undefined for another error. */
export function joinProblem(error: unknown): string | undefined {
  if (detailOf(error) === 'broken-code') return s.join.needWholeCode
  return codeOf(error) === 'unreachable' ? s.join.needReach : undefined
}

export function wordsFor(error: unknown): string {
  const code = codeOf(error)
  if (error instanceof UnreadableError) return s.errorOf.unreadable(error.paths.map(displayText))
  if (error instanceof SpinneyError) {
    const { message, parameters } = error
    const { path } = parameters
    if (code === 'file-changed' && path !== undefined) return s.errorOf.unreadable([displayText(path)])
    // Only the message says which rule was broken, and by which name.
    if (code === 'invalid-name' && !error.detail) return s.errorOf.refused(displayText(message))
  }
  // Another try would fail as well.
  if (engine.value.state === 'replaced') return s.version.needed
  // The profile was locked in another tab, or its engine went with one.
  if (code === 'engine-moved' && !me.value && lastUnlocked.value) return s.errors.locked
  // Of the two, the detail says more.
  const known = s.errors[detailOf(error) ?? ''] ?? (code === undefined ? undefined : s.errors[code])
  return known ?? s.unexpected(error instanceof Error ? error.message : String(error))
}

/** Whether the person ended it themselves: nothing to say then. */
export const wasCancelled = (error: unknown): boolean =>
  codeOf(error) === 'cancelled' || (error instanceof DOMException && error.name === 'AbortError')
