/** Lets the browser ask before the page is left while files are read: what was not read would have to be chosen again. */

import { computed, effect } from '@preact/signals'
import { reading } from './choosing'
import { sending } from './compose'
import { isSendingDrop } from './drops'
import { api } from './engine'
import { me } from './session'
import { encryptingTransfer } from './transfers'

/** Whether this tab reads files, or runs the engine that does. */
const isReading = computed(() => {
  if (reading.value || sending.value || isSendingDrop.value) return true
  return me.value !== null && encryptingTransfer.value !== undefined && api().engine.leader
})

const ask = (event: BeforeUnloadEvent) => event.preventDefault()

export function guardLeaving(): void {
  // Only while it is needed, because a page that listens is not kept for Back.
  effect(() => (isReading.value ? addEventListener : removeEventListener)('beforeunload', ask))
}
