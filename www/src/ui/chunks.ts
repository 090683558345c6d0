/** Long lists, a part at a time: the next part when the end of the last comes near. */

import { useEffect, useRef, useState } from 'preact/hooks'

/** How far below the window the next part is made, so that scrolling does not meet the end. */
const AHEAD = '800px'

/** A ref for an element after the list: `more` is called whenever it comes near the window. */
export function useNearEnd(more: () => void, active: boolean) {
  const end = useRef<HTMLDivElement>(null)
  const call = useRef(more)
  call.current = more
  useEffect(() => {
    if (!active || !end.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && call.current(), { rootMargin: AHEAD })
    observer.observe(end.current)
    return () => observer.disconnect()
  })
  return end
}

/** How many of `total` to show, growing by `step` at the ref. */
export function useChunks(total: number, step: number) {
  const [shown, setShown] = useState(step)
  const end = useNearEnd(() => setShown(n => n + step), shown < total)
  return { shown: Math.min(shown, total), end }
}
