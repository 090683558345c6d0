/** Goes from picture to picture by itself. It pauses if the page is hidden, and ends with the last picture. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isShowing } from '../state/wake-lock'

/** How long a picture is shown, and how long it takes to fade. In milliseconds; the latter also in viewer.css. */
const SHOWN_MS = 5_000
const FADE_MS = 600

interface Asks {
  path: string
  /** The picture is on the screen. */
  ready: boolean
  /** It says itself when it has ended. */
  waits: boolean
  /** Shows the next picture; false if there is none. */
  next: () => boolean
}

export function useSlideShow({ path, ready, waits, next }: Asks) {
  const playing = useSignal(false)
  /** The picture that fades away. */
  const leaving = useSignal<string | undefined>(undefined)
  const goOn = () => {
    if (!playing.value) return
    leaving.value = matchMedia('(prefers-reduced-motion: reduce)').matches ? undefined : path
    if (!next()) playing.value = false
  }
  useEffect(() => {
    if (!playing.value || !ready || waits) return
    const timer = setTimeout(goOn, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [playing.value, ready, waits, path])
  useEffect(() => {
    // It goes once the next one has faded in.
    if (!ready || leaving.value === undefined || leaving.value === path) return
    const timer = setTimeout(() => (leaving.value = undefined), FADE_MS)
    return () => clearTimeout(timer)
  }, [ready, leaving.value, path])
  useEffect(() => {
    if (!playing.value) leaving.value = undefined
    isShowing.value = playing.value
    return () => {
      isShowing.value = false
    }
  }, [playing.value])
  useEffect(() => {
    const pause = () => {
      if (document.hidden) playing.value = false
    }
    document.addEventListener('visibilitychange', pause)
    return () => document.removeEventListener('visibilitychange', pause)
  }, [])
  return { playing, leaving, goOn }
}
