/** The boxes of ISO base media files (ISO/IEC 14496-12) and QuickTime films. */

import { asciiBytes, CannotClean, latin1, type View } from './view'

/** A film of many hours in fragments has two boxes for every few seconds. */
const MAX_BOXES = 200_000
/** Boxes of a file that may be cut off. Others that go beyond its end are no boxes, but what follows the film. */
const LONG = /^(ftyp|moov|moof|mdat|meta|mpvd|uuid|free|skip|wide)$/
/** Within a box, readers skip strange names. */
const NAME = /^[\x20-\x7e\xa9]{4}$/

export interface Box {
  type: string
  at: number
  /** What it says of its length. */
  size: number
  /** Where its content begins. */
  body: number
  end: number
}

/** The boxes of a whole file, up to the first that cannot be one. */
export async function boxesOf(view: View): Promise<Box[]> {
  const boxes = await boxesIn(view, 0, view.size)
  const end = boxes.findIndex(({ type, size, at }) => !NAME.test(type) || (at + size > view.size && !LONG.test(type)))
  return end < 0 ? boxes : boxes.slice(0, end)
}

/** The boxes from one place to another. The last may be cut off. */
export async function boxesIn(view: View, from: number, to: number): Promise<Box[]> {
  const found: Box[] = []
  for (let at = from; at + 8 <= to; ) {
    const type = latin1(await view.read(at + 4, 4))
    const short = await view.u32(at)
    const header = short === 1 ? 16 : 8
    // Zero: up to the end. QuickTime ends a list of user data with a zero that stands alone.
    const size = short === 1 ? await u64(view, at + 8) : short === 0 ? to - at : short
    if (size < header) break
    if (found.length >= MAX_BOXES) throw new CannotClean('the film has too many parts')
    found.push({ type, at, size, body: at + header, end: Math.min(at + size, to) })
    at += size
  }
  return found
}

/** Children of an `ilst` of QuickTime are named by a number, the index of their key. */
export async function itemsIn(view: View, { body, end }: Box): Promise<(Box & { index: number })[]> {
  const found: (Box & { index: number })[] = []
  for (let at = body; at + 8 <= end; ) {
    const size = await view.u32(at)
    if (size < 8) break
    if (found.length >= MAX_BOXES) throw new CannotClean('the film has too many parts')
    const index = await view.u32(at + 4)
    found.push({ type: latin1(await view.read(at + 4, 4)), index, at, size, body: at + 8, end: Math.min(at + size, end) })
    at += size
  }
  return found
}

export const u64 = async (view: View, at: number): Promise<number> => (await view.u32(at)) * 2 ** 32 + (await view.u32(at + 4))

export const contentOf = (view: View, { body, end }: Box): View => view.part(body, Math.max(0, end - body))

/** Makes a box one that readers skip, with zeros in it. */
export function erase(view: View, box: Box): void {
  hide(view, box)
  view.fill(box.body, box.end - box.body)
}

/** Makes a box one that readers skip. */
export const hide = (view: View, { at }: Box): void => view.write(at + 4, asciiBytes('free'))
