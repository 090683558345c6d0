/** Keeps what is said of the ways to relays and friends true while it is shown. */

import { useEffect } from 'preact/hooks'
import { listNetwork } from '../state/network'

/** No event tells that a friend is reached another way than before, so it is asked. */
const POLL_MS = 5_000

export function useNetworkStatus(): void {
  useEffect(() => {
    const ask = () => void listNetwork().catch(() => {})
    ask()
    const timer = setInterval(ask, POLL_MS)
    return () => clearInterval(timer)
  }, [])
}
