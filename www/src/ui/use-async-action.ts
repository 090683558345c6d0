/** Runs one action at a time and keeps whether it is busy and the problem it ended with. */

import { useSignal } from '@preact/signals'
import { wasCancelled, wordsFor } from '../errors'

export interface AsyncAction {
  busy: boolean
  problem: string | null
  /** Shows a problem that was found before the action started, or none. */
  reject: (text: string | null) => void
  run: (action: () => Promise<unknown>, explain?: (error: unknown) => string | undefined) => Promise<void>
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
        if (!wasCancelled(error)) problem.value = explain?.(error) ?? wordsFor(error)
      } finally {
        busy.value = false
      }
    },
  }
}
