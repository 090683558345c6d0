/** What a text names that was pasted or typed, as it is read while it changes. */

import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Pasted } from '../contract'
import { api } from './engine'

/** What was pasted to add somebody, and a message to them. Both stay while the sheet shows something else or is closed. */
export const pasted = signal('')
export const pastedMessage = signal('')

export function forgetPasted(): void {
  pasted.value = ''
  pastedMessage.value = ''
}

/** The ids, invites and links in a text; none until it was read, and where there are none. */
export function usePasted(text: string): readonly Pasted[] {
  const found = useSignal<readonly Pasted[]>([])
  useEffect(() => {
    let isCurrent = true
    const put = (now: readonly Pasted[]) => {
      if (isCurrent) found.value = now
    }
    if (text.trim()) {
      api()
        .contacts.read(text)
        .then(put)
        .catch(() => put([]))
    } else put([])
    return () => {
      isCurrent = false
    }
  }, [text])
  return found.value
}
