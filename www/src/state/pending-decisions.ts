/** Decisions about people that can still be undone. The page shows them at once; the engine is told when the notice closes. */

import { signal } from '@preact/signals'
import { notifyUndoable } from './notices'

export type Decision = 'removed' | 'blocked' | 'declined'

export const pendingDecisions = signal<ReadonlyMap<string, Decision>>(new Map())

export function decideUndoably(id: string, decision: Decision, words: string, act: () => Promise<void>): void {
  pendingDecisions.value = new Map(pendingDecisions.value).set(id, decision)
  undo.set(
    id,
    notifyUndoable(words, act, () => forgetDecision(id, decision)),
  )
}

const undo = new Map<string, () => boolean>()

/** Undoes the decision about somebody, if it still can be undone. Returns whether there was one. */
export function undoDecision(id: string): boolean {
  return undo.get(id)?.() ?? false
}

function forgetDecision(id: string, decision: Decision): void {
  // A later decision replaces an earlier one: a contact that is blocked and then removed is removed.
  if (pendingDecisions.value.get(id) !== decision) return
  const rest = new Map(pendingDecisions.value)
  rest.delete(id)
  undo.delete(id)
  pendingDecisions.value = rest
}
