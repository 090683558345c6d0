/** What was decided of somebody and can still be undone: the page shows it at once, the engine is told when the notice goes. */

import { signal } from '@preact/signals'
import { wordsFor } from '../errors'
import { notify, notifyUndoable } from './notices'

export type Decision = 'removed' | 'blocked' | 'declined'

export const pendingDecisions = signal<ReadonlyMap<string, Decision>>(new Map())

export function decideUndoably(id: string, decision: Decision, words: string, act: () => Promise<void>): void {
  pendingDecisions.value = new Map(pendingDecisions.value).set(id, decision)
  // What the engine made of it was told by its events, which come before its answer.
  const undo = () => forgetDecision(id, decision)
  notifyUndoable(words, () => void act().catch(error => notify(wordsFor(error), 'bad')).finally(undo), undo)
}

function forgetDecision(id: string, decision: Decision): void {
  // Whoever was blocked, and then removed, is removed.
  if (pendingDecisions.value.get(id) !== decision) return
  const rest = new Map(pendingDecisions.value)
  rest.delete(id)
  pendingDecisions.value = rest
}
