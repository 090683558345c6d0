/** What was decided of somebody and can still be undone: the page shows it at once, the engine is told when the notice goes. */

import { signal } from '@preact/signals'
import { wordsFor } from '../errors'
import { say, sayUndoable } from './notices'

export type Decision = 'removed' | 'blocked' | 'declined'

export const decided = signal<ReadonlyMap<string, Decision>>(new Map())

export function decide(id: string, decision: Decision, words: string, act: () => Promise<void>): void {
  decided.value = new Map(decided.value).set(id, decision)
  // What the engine made of it was told by its events, which come before its answer.
  const undo = () => forget(id, decision)
  sayUndoable(words, () => void act().catch(error => say(wordsFor(error), 'bad')).finally(undo), undo)
}

function forget(id: string, decision: Decision): void {
  // Whoever was blocked, and then removed, is removed.
  if (decided.value.get(id) !== decision) return
  const rest = new Map(decided.value)
  rest.delete(id)
  decided.value = rest
}
