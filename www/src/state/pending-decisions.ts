/** Decisions about people that can still be undone. The page shows them at once; the engine is told when the notice closes. */

import { signal } from '@preact/signals'
import { wordsFor } from '../errors'
import { notify, notifyUndoable } from './notices'

export type Decision = 'removed' | 'blocked' | 'declined'

export const pendingDecisions = signal<ReadonlyMap<string, Decision>>(new Map())

export function decideUndoably(id: string, decision: Decision, words: string, act: () => Promise<void>): void {
  pendingDecisions.value = new Map(pendingDecisions.value).set(id, decision)
  // The engine's events come before its answer, so the lists are up to date by now.
  const undo = () => forgetDecision(id, decision)
  notifyUndoable(words, () => void act().catch(error => notify(wordsFor(error), 'bad')).finally(undo), undo)
}

function forgetDecision(id: string, decision: Decision): void {
  // A later decision replaces an earlier one: a contact that is blocked and then removed is removed.
  if (pendingDecisions.value.get(id) !== decision) return
  const rest = new Map(pendingDecisions.value)
  rest.delete(id)
  pendingDecisions.value = rest
}
