/** Keeps the screen on during transfers, saves and slide shows: a phone with a dark screen stops the page and all that it does. */

import { computed, effect, signal } from '@preact/signals'
import { isSaving } from './saves'
import { activeTransfers } from './transfers'

/** Pictures are shown one after the other. */
export const isShowing = signal(false)

const isAtWork = computed(() => isShowing.value || isSaving.value || activeTransfers.value.some(({ state }) => state === 'active'))
const pageVisible = signal(document.visibilityState === 'visible')

/** Only if the browser supports it, the page is visible and something moves. A waiting transfer lets the screen go dark. */
export function keepScreenOn(): void {
  if (!('wakeLock' in navigator)) return
  document.addEventListener('visibilitychange', () => (pageVisible.value = document.visibilityState === 'visible'))
  effect(() => {
    if (!isAtWork.value || !pageVisible.value) return
    // Refused in power-saving mode: the screen goes dark as usual.
    const asked = navigator.wakeLock.request('screen').catch(() => null)
    return () => void asked.then(lock => lock?.release())
  })
}
