/** Selects files by Ctrl, Shift, Space or a long press. What stands for a file has its path in `data-path`. */

import { useEffect, useRef } from 'preact/hooks'
import { beginSelection, endSelection, selectedIn, selectTo, toggleFile } from '../state/selection'

/** As long as systems wait before a press is a long one. */
const LONG_PRESS_MS = 500
/** A finger that moves farther scrolls. */
const STILL_PX = 10

/** `order`: the paths on screen, in their order. */
export function useSelecting(share: string, place: string, order: () => readonly string[]) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null)
  /** Whether the click that ends a long press is still to come. */
  const wasLong = useRef(false)
  const isTouch = useRef(false)
  const isSelecting = selectedIn(share) !== null

  useEffect(() => endSelection, [share, place])
  useEffect(() => {
    if (!isSelecting) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.querySelector('dialog[open]')) return
      event.preventDefault()
      endSelection()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [isSelecting])

  const release = () => {
    if (press.current) clearTimeout(press.current.timer)
    press.current = null
  }
  const choose = (path: string, isRange: boolean) => {
    if (isRange) selectTo(share, path, order())
    else toggleFile(share, path)
  }
  return {
    onClickCapture(event: MouseEvent) {
      const path = pathAt(event)
      const ends = wasLong.current
      wasLong.current = false
      if (path === undefined) return
      const chooses = isSelecting || event.shiftKey || event.ctrlKey || event.metaKey
      if (!ends && !chooses) return
      event.preventDefault()
      event.stopPropagation()
      if (!ends) choose(path, event.shiftKey)
    },
    onKeyDown(event: KeyboardEvent) {
      const path = pathAt(event)
      if (event.key !== ' ' || path === undefined) return
      event.preventDefault()
      choose(path, event.shiftKey)
    },
    onPointerDown(event: PointerEvent) {
      release()
      wasLong.current = false
      isTouch.current = event.pointerType === 'touch'
      const path = pathAt(event)
      if (!isTouch.current || path === undefined) return
      const timer = setTimeout(() => {
        press.current = null
        wasLong.current = true
        beginSelection(share)
        toggleFile(share, path)
      }, LONG_PRESS_MS)
      press.current = { timer, x: event.clientX, y: event.clientY }
    },
    onPointerMove({ clientX, clientY }: PointerEvent) {
      const from = press.current
      if (from && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) release()
    },
    onPointerUp: release,
    onPointerCancel: release,
    onContextMenu(event: Event) {
      // The menu of a link would come with a long press.
      if (isTouch.current && pathAt(event) !== undefined) event.preventDefault()
    },
  }
}

/** The file that an event is about. A button beside it has its own use. */
function pathAt({ target }: Event): string | undefined {
  if (!(target instanceof Element) || target.closest('button:not([role=checkbox])')) return undefined
  return target.closest('[data-path]')?.getAttribute('data-path') ?? undefined
}
