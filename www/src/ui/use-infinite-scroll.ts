/** Long lists that load or render the next part when the reader scrolls near the end. */

import { useEffect, useRef, useState } from 'preact/hooks'

/** Distance below the window at which the next part is asked for, so that scrolling does not stop at the end. */
const ROOT_MARGIN = '800px'

/** Returns a ref for an element after the list. `onNearEnd` is called each time that element comes near the window. */
export function useInfiniteScroll(onNearEnd: () => void, active: boolean) {
  const sentinel = useRef<HTMLDivElement>(null)
  const callback = useRef(onNearEnd)
  callback.current = onNearEnd
  useEffect(() => {
    if (!active || !sentinel.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && callback.current(), { rootMargin: ROOT_MARGIN })
    observer.observe(sentinel.current)
    return () => observer.disconnect()
  })
  return sentinel
}

/** Returns how many of `total` items to render. The number grows by `step` when `sentinel` comes near the window. */
export function useIncrementalList(total: number, step: number) {
  const [visible, setVisible] = useState(step)
  const sentinel = useInfiniteScroll(() => setVisible(n => n + step), visible < total)
  return { visible: Math.min(visible, total), sentinel }
}
