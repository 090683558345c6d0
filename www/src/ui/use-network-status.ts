/** Keeps the connection status of relays and friends up to date while a view shows it. */

import { useEffect } from 'preact/hooks'
import { listNetwork } from '../state/network'

/** Polled, because no event reports that a friend is reached by another path. */
const POLL_MS = 5_000

export function useNetworkStatus(): void {
  useEffect(() => {
    const ask = () => void listNetwork().catch(() => {})
    ask()
    const timer = setInterval(ask, POLL_MS)
    return () => clearInterval(timer)
  }, [])
}
