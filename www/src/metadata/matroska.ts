/**
 * Takes the place out of Matroska and WebM (RFC 9559): a tag about a place becomes an empty element, and attached
 * pictures are cleaned. Films are skipped.
 */

import { mentionsPlace, tellsPlace } from './places'
import { CannotClean, latin1, type Nested, type View } from './view'

const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  cluster: 0x1f43b675,
  tags: 0x1254c367,
  tag: 0x7373,
  simpleTag: 0x67c8,
  name: 0x45a3,
  text: 0x4487,
  crc: 0xbf,
  attachments: 0x1941a469,
  attached: 0x61a7,
  data: 0x465c,
}
const VOID = 0xec
/** A recording that nobody closed has a piece for each frame of many hours. */
const MAX_ELEMENTS = 4_000_000
/** Tags within tags. */
const MAX_DEPTH = 8
/** Texts longer than this are no tags that somebody wrote. */
const MAX_TEXT = 1024 * 1024

export const isMatroska = (bytes: Uint8Array): boolean => bytes.subarray(0, 4).reduce((sum, byte) => sum * 256 + byte, 0) === ID.ebml

interface Element {
  id: number
  at: number
  body: number
  /** Infinity: up to what cannot be in it. */
  end: number
}

/** Returns where the film ends. */
export async function cleanMatroska(view: View, nested: Nested): Promise<number> {
  let at = 0
  for (let n = 0; at < view.size; n += 1) {
    if (n > MAX_ELEMENTS) throw new CannotClean('the film has too many parts')
    const element = await elementAt(view, at)
    if (!element) return at
    if (element.id === ID.tags) await cleanTags(view, element)
    else if (element.id === ID.attachments) await cleanAttachments(view, element, nested)
    const goesIn = element.id === ID.ebml || element.id === ID.segment || element.end === Number.POSITIVE_INFINITY
    at = goesIn ? element.body : element.end
  }
  return Math.min(at, view.size)
}

async function elementAt(view: View, at: number): Promise<Element | null> {
  const bytes = await view.read(at, 12)
  const idLength = Math.clz32(bytes[0] ?? 0) - 23
  const sizeLength = Math.clz32(bytes[idLength] ?? 0) - 23
  if (idLength > 4 || sizeLength > 8 || bytes.length < idLength + sizeLength) return null
  const id = bytes.subarray(0, idLength).reduce((sum, byte) => sum * 256 + byte, 0)
  const raw = bytes.subarray(idLength, idLength + sizeLength)
  const size = raw.reduce((sum, byte, i) => sum * 256 + (i === 0 ? byte & (0xff >> sizeLength) : byte), 0)
  const isUnknown = raw.every((byte, i) => byte === (i === 0 ? 0xff >> (sizeLength - 1) : 0xff))
  const body = at + idLength + sizeLength
  return { id, at, body, end: isUnknown ? Number.POSITIVE_INFINITY : body + size }
}

async function children(view: View, { body, end }: Element): Promise<Element[]> {
  const found: Element[] = []
  for (let at = body; at < Math.min(end, view.size); ) {
    const element = await elementAt(view, at)
    if (!element || element.end > end) break
    if (found.length > MAX_ELEMENTS) throw new CannotClean('the film has too many parts')
    found.push(element)
    at = element.end
  }
  return found
}

async function cleanTags(view: View, tags: Element): Promise<void> {
  // Unless all of it could be checked, it cannot be told where its tags end.
  if (tags.end > view.size) throw new CannotClean('the tags of the film are cut off')
  let changed = false
  const parts = await children(view, tags)
  for (const tag of parts) if (tag.id === ID.tag) changed = (await cleanTag(view, tag, 0)) || changed
  if (changed) for (const part of parts) if (part.id === ID.crc) empty(view, part)
}

/** Whether something was taken out; then the checksums around it go too. */
async function cleanTag(view: View, tag: Element, depth: number): Promise<boolean> {
  if (depth > MAX_DEPTH) throw new CannotClean('there are tags within tags')
  let changed = false
  const parts = await children(view, tag)
  for (const part of parts) {
    if (part.id !== ID.simpleTag) continue
    const tells = await tagTellsPlace(view, part)
    if (tells) empty(view, part)
    changed = tells || (await cleanTag(view, part, depth + 1)) || changed
  }
  if (changed) for (const part of parts) if (part.id === ID.crc) empty(view, part)
  return changed
}

async function tagTellsPlace(view: View, tag: Element): Promise<boolean> {
  for (const { id, body, end } of await children(view, tag)) {
    if (id !== ID.name && id !== ID.text) continue
    const text = latin1(await view.read(body, Math.min(end - body, MAX_TEXT)))
    if (id === ID.name ? tellsPlace(text) : mentionsPlace(text)) return true
  }
  return false
}

async function cleanAttachments(view: View, attachments: Element, nested: Nested): Promise<void> {
  for (const file of await children(view, attachments)) {
    if (file.id !== ID.attached) continue
    for (const { id, body, end } of await children(view, file)) if (id === ID.data) await nested(view.part(body, end - body))
  }
}

/** Makes an element one that readers skip, of the same length. */
function empty(view: View, { at, end }: Element): void {
  const length = end - at
  view.fill(at, length)
  const long = length >= 9
  const content = length - (long ? 9 : 2)
  const bigEndian = Array.from({ length: 7 }, (_, i) => Math.floor(content / 256 ** (6 - i)) % 256)
  view.write(at, Uint8Array.from(long ? [VOID, 0x01, ...bigEndian] : [VOID, 0x80 | content]))
}
