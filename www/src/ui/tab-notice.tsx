/** Says before a tab is closed that it has the key, if other tabs would be locked then. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api, ENGINE_LOCK } from '../state/engine'
import { s } from '../strings'

/** Tabs come and go without an event. */
const POLL_MS = 5_000

export function TabNotice() {
  const others = useSignal(false)
  useEffect(() => {
    const look = async () => {
      const { pending } = await navigator.locks.query()
      others.value = pending?.some(({ name }) => name === ENGINE_LOCK) ?? false
    }
    const ask = () => void look().catch(() => {})
    ask()
    const timer = setInterval(ask, POLL_MS)
    return () => clearInterval(timer)
  }, [])
  // A tab that follows waits for the lock itself.
  if (!others.value) return null
  return <p class="quiet tab-notice">{api().engine.leader ? s.tabs.leader : s.tabs.attached}</p>
}
