/** Runs one action at a time and keeps whether it is busy and the problem it ended with. */

import { useSignal } from '@preact/signals'
import { wasCancelled, wordsFor } from '../errors'

export interface AsyncAction {
  busy: boolean
  problem: string | null
  /** Shows a problem that was found before the action started, or none. */
  reject: (text: string | null) => void
  /** `explain` gives the words for an error: undefined for the usual ones, null for none. */
  run: (action: () => Promise<unknown>, explain?: (error: unknown) => string | null | undefined) => Promise<void>
}

export function useAsyncAction(): AsyncAction {
  const busy = useSignal(false)
  const problem = useSignal<string | null>(null)
  return {
    busy: busy.value,
    problem: problem.value,
    reject: text => {
      problem.value = text
    },
    run: async (action, explain) => {
      if (busy.value) return
      busy.value = true
      problem.value = null
      try {
        await action()
      } catch (error) {
        if (wasCancelled(error)) return
        const words = explain?.(error)
        problem.value = words === undefined ? wordsFor(error) : words
      } finally {
        busy.value = false
      }
    },
  }
}
