/** Keeps the screen on while something moves: a phone whose screen goes dark stops the page, and what it transfers. */

import { computed, effect, signal } from '@preact/signals'
import { activeTransfers } from './transfers'

const hasActiveTransfer = computed(() => activeTransfers.value.some(({ state }) => state === 'active'))
const pageVisible = signal(document.visibilityState === 'visible')

/** Where the browser offers it, and for as long as the page is seen; what waits lets the screen go dark. */
export function keepScreenOn(): void {
  if (!('wakeLock' in navigator)) return
  document.addEventListener('visibilitychange', () => (pageVisible.value = document.visibilityState === 'visible'))
  effect(() => {
    if (!hasActiveTransfer.value || !pageVisible.value) return
    // A machine that saves power refuses; then it is as it would be without.
    const asked = navigator.wakeLock.request('screen').catch(() => null)
    return () => void asked.then(lock => lock?.release())
  })
}
