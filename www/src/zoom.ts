/** The arithmetic of zooming: a picture that fits its box at scale 1, enlarged and moved within bounds. */

export interface Point {
  x: number
  y: number
}

export interface Size {
  width: number
  height: number
}

/** How many times as large as it fits a picture is, and by how many CSS pixels its centre is moved. */
export interface Placement extends Point {
  scale: number
}

export const FITTED: Placement = { scale: 1, x: 0, y: 0 }

/** Each picture can be enlarged so much; a large one until each of its pixels takes two. */
const LEAST_RANGE = 4
const PIXELS = 2
/** How much a double click or tap enlarges, and one press of a key. */
export const DOUBLE = 2.5
export const STEP = 1.4
/** A swipe is longer than the movement of a tap; one that closes is longer still. */
const SWIPE_PX = 48
const CLOSE_PX = 96
/** What a line and a page of a wheel stand for, the most that one turn does, and how little it enlarges. */
const [LINE_PX, PAGE_PX, MOST_PX, SLOWNESS] = [16, 400, 200, 250]

/** The size of a picture that is shown whole. */
export function fitted(picture: Size, box: Size): Size {
  const scale = Math.min(box.width / Math.max(1, picture.width), box.height / Math.max(1, picture.height))
  return { width: picture.width * scale, height: picture.height * scale }
}

/** Enlarges to `scale`, and keeps what is at `at` where it is; `at` counts from the centre of the box. */
export function zoomed(from: Placement, scale: number, at: Point, picture: Size, box: Size): Placement {
  const most = Math.max(LEAST_RANGE, (PIXELS * picture.width) / Math.max(1, fitted(picture, box).width))
  const to = Math.min(most, Math.max(1, scale))
  const by = to / from.scale
  return bounded({ scale: to, x: at.x - (at.x - from.x) * by, y: at.y - (at.y - from.y) * by }, picture, box)
}

/** Moves the picture, but no edge of it into the box. */
export const moved = (from: Placement, by: Point, picture: Size, box: Size): Placement =>
  bounded({ scale: from.scale, x: from.x + by.x, y: from.y + by.y }, picture, box)

function bounded({ scale, x, y }: Placement, picture: Size, box: Size): Placement {
  const { width, height } = fitted(picture, box)
  const within = (value: number, whole: number, room: number) => {
    const most = Math.max(0, (whole * scale - room) / 2)
    // Adding 0 makes 0 of −0.
    return Math.min(most, Math.max(-most, value)) + 0
  }
  return { scale, x: within(x, width, box.width), y: within(y, height, box.height) }
}

/** What a finger meant that moved so far; undefined if it slipped. */
export function swipeOf({ x, y }: Point): 'left' | 'right' | 'down' | undefined {
  if (Math.abs(x) > SWIPE_PX && Math.abs(x) > 2 * Math.abs(y)) return x < 0 ? 'left' : 'right'
  return y > CLOSE_PX && y > 2 * Math.abs(x) ? 'down' : undefined
}

/** How much a turn of the wheel enlarges. `mode` is that of the event: pixels, lines or pages. */
export function wheelFactor(delta: number, mode: number): number {
  const pixels = delta * (mode === 1 ? LINE_PX : mode === 2 ? PAGE_PX : 1)
  return Math.exp(-Math.max(-MOST_PX, Math.min(MOST_PX, pixels)) / SLOWNESS)
}
