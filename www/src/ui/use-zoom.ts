/** Zooms a picture by fingers, wheel and double click, and hears swipes. */

import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { DOUBLE, FITTED, moved, type Point, type Size, swipeOf, wheelFactor, zoomed } from '../zoom'

/** Two taps within this time, and this near, are a double tap. In milliseconds and CSS pixels. */
const DOUBLE_TAP_MS = 300
const TAP_PX = 12
/** A mouse that moves a little while its button is down has not dragged. */
const DRAG_PX = 4

interface Asks {
  step: (by: number) => void
  close: () => void
  /** A finger or the mouse is on the picture. */
  touched: () => void
}

export function useZoom({ step, close, touched }: Asks) {
  const stage = useRef<HTMLDivElement>(null)
  const placement = useSignal(FITTED)
  /** How far a finger has dragged the picture that is shown whole. */
  const dragged = useSignal<Point>({ x: 0, y: 0 })
  /** Of the picture that is shown; null for what cannot be zoomed. */
  const picture = useRef<Size | null>(null)
  const fingers = useRef(new Map<number, Point>())
  /** Where the first finger came down; null once there were two. */
  const start = useRef<Point | null>(null)
  const lastTap = useRef<{ at: Point; time: number } | null>(null)

  const box = () => stage.current?.getBoundingClientRect() ?? new DOMRect()
  const fromCentre = ({ x, y }: Point): Point => {
    const { left, top, width, height } = box()
    return { x: x - left - width / 2, y: y - top - height / 2 }
  }
  const zoomTo = (scale: number, at: Point = { x: 0, y: 0 }) => {
    if (picture.current) placement.value = zoomed(placement.value, scale, at, picture.current, box())
  }
  const pan = (by: Point) => {
    if (picture.current) placement.value = moved(placement.value, by, picture.current, box())
  }
  const toggle = (at?: Point) => zoomTo(placement.value.scale > 1 ? 1 : DOUBLE, at)
  const forget = () => {
    fingers.current.clear()
    start.current = null
    dragged.value = { x: 0, y: 0 }
  }
  /** For another picture. */
  const reset = () => {
    picture.current = null
    placement.value = FITTED
    lastTap.current = null
    forget()
  }

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || !isFree(event)) return
    touched()
    // A drag on a page that is zoomed as a whole scrolls it.
    if ((window.visualViewport?.scale ?? 1) > 1.01) return
    if (event.pointerType === 'mouse' && placement.value.scale === 1) return
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY })
    start.current = fingers.current.size === 1 ? { x: event.clientX, y: event.clientY } : null
    if (fingers.current.size > 1) dragged.value = { x: 0, y: 0 }
  }

  const onPointerMove = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId)
    if (!before) return
    const now = { x: event.clientX, y: event.clientY }
    const others = [...fingers.current].filter(([id]) => id !== event.pointerId).map(([, at]) => at)
    fingers.current.set(event.pointerId, now)
    const [other] = others
    if (other) {
      const middle = fromCentre({ x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 })
      zoomTo((placement.value.scale * distance(now, other)) / Math.max(1, distance(before, other)), middle)
      pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 })
    } else if (start.current && distance(start.current, now) > DRAG_PX) {
      // Else a click on the controls of a film would go to the stage.
      if (!stage.current?.hasPointerCapture(event.pointerId)) stage.current?.setPointerCapture(event.pointerId)
      if (placement.value.scale > 1) pan({ x: now.x - before.x, y: now.y - before.y })
      else dragged.value = { x: now.x - start.current.x, y: Math.max(0, now.y - start.current.y) }
    }
  }

  const onPointerUp = (event: PointerEvent) => {
    const known = fingers.current.delete(event.pointerId)
    if (!known || fingers.current.size > 0) return
    const from = start.current
    forget()
    if (!from) return
    const now = { x: event.clientX, y: event.clientY }
    const swipe = placement.value.scale === 1 ? swipeOf({ x: now.x - from.x, y: now.y - from.y }) : undefined
    if (swipe === 'down') close()
    else if (swipe) step(swipe === (isRightToLeft() ? 'right' : 'left') ? 1 : -1)
    else if (event.pointerType !== 'mouse' && distance(from, now) < TAP_PX) tapped(now, event.timeStamp)
  }

  const tapped = (at: Point, time: number) => {
    const last = lastTap.current
    const isSecond = last && time - last.time < DOUBLE_TAP_MS && distance(last.at, at) < 3 * TAP_PX
    lastTap.current = isSecond ? null : { at, time }
    if (isSecond) toggle(fromCentre(at))
  }

  const onWheel = (event: WheelEvent) => {
    if (!picture.current) return
    // Else the browser would zoom the page.
    event.preventDefault()
    touched()
    const { scale } = placement.value
    const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (isSideways && !event.ctrlKey) pan({ x: -event.deltaX, y: -event.deltaY })
    else zoomTo(scale * wheelFactor(event.deltaY, event.deltaMode), fromCentre({ x: event.clientX, y: event.clientY }))
  }

  const onDblClick = (event: MouseEvent) => {
    // Some browsers make one of two taps, which were heard already.
    const isFinger = event instanceof PointerEvent && event.pointerType !== 'mouse' && event.pointerType !== ''
    if (!isFinger && isFree(event) && event.timeStamp - lastTouch.current > 2 * DOUBLE_TAP_MS)
      toggle(fromCentre({ x: event.clientX, y: event.clientY }))
  }
  const lastTouch = useRef(Number.NEGATIVE_INFINITY)
  const onTouchEnd = (event: TouchEvent) => (lastTouch.current = event.timeStamp)

  return {
    stage,
    placement,
    dragged,
    zoomTo,
    pan,
    toggle,
    reset,
    /** Tells the size of the picture, once it is known. */
    measured: (size: Size) => (picture.current = size),
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: forget, onWheel, onDblClick, onTouchEnd },
  }
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

export const isRightToLeft = (): boolean => getComputedStyle(document.body).direction === 'rtl'

/** The height of the controls of a film, in CSS pixels. */
const CONTROLS_PX = 96

/** Whether nothing there answers to the pointer itself: a button, the controls of a film, text to be selected. */
function isFree({ target, clientY }: MouseEvent): boolean {
  if (!(target instanceof Element) || target.closest('button, audio, pre, figcaption')) return false
  return !(target instanceof HTMLVideoElement) || clientY < target.getBoundingClientRect().bottom - CONTROLS_PX
}
