/**
 * Takes the place out of an XMP packet (ISO 16684-1): properties about places become spaces, so that nothing moves. A
 * packet that is no well-formed XML, and may tell a place, becomes spaces as a whole.
 */

import { mentionsPlace, tellsPlace } from './places'
import { latin1, type Span, type View } from './view'

const SPACE = 0x20

export async function cleanXmp(view: View): Promise<void> {
  const text = latin1(await view.all())
  for (const { at, length } of places(text)) view.fill(at, length, SPACE)
}

/** What tells a place in a packet of one byte for each character. */
export function places(text: string): Span[] {
  const whole = [{ at: 0, length: text.length }]
  // UTF-16 and UTF-32: nobody writes it, but the standard has it.
  if (text.slice(0, 8).includes('\0')) return mayTell(text.replaceAll('\0', '')) ? whole : []
  if (!mayTell(text)) return []
  const found = wellFormedPlaces(text)
  // A place may also be a value: Sony's XML names what it tells in attributes.
  return found && !mentionsPlace(without(text, found)) ? found : whole
}

/** The text without these parts, which do not overlap. */
function without(text: string, parts: readonly Span[]): string {
  let [rest, end] = ['', 0]
  for (const { at, length } of [...parts].sort((a, b) => a.at - b.at)) {
    rest += text.slice(end, at)
    end = at + length
  }
  return rest + text.slice(end)
}

const NAMES = /[A-Za-z_][\w.:-]*/g
const mayTell = (text: string): boolean => {
  for (const [name] of text.matchAll(NAMES)) if (tellsPlace(name)) return true
  return false
}

/** Null if the tags do not fit together. */
function wellFormedPlaces(text: string): Span[] | null {
  const found: Span[] = []
  /** Names of the elements that are open. */
  const open: string[] = []
  /** Where the property about a place begins that is open, and how many elements are around it. */
  let place: { at: number; depth: number } | undefined
  for (const tag of tags(text)) {
    if (tag === null) return null
    if (tag.kind === 'close') {
      if (open.pop() !== tag.name) return null
      if (place?.depth === open.length) {
        found.push({ at: place.at, length: tag.end - place.at })
        place = undefined
      }
      continue
    }
    const tells = !place && tellsPlace(tag.name)
    if (tells && tag.kind === 'empty') found.push({ at: tag.at, length: tag.end - tag.at })
    else if (tells) place = { at: tag.at, depth: open.length }
    else if (!place) found.push(...tag.attributes.filter(isPlace).map(({ at, end }) => ({ at, length: end - at })))
    if (tag.kind === 'open') open.push(tag.name)
  }
  return open.length ? null : found
}

/** The declaration of a prefix stays, because other properties may have it. */
const isPlace = ({ name }: { name: string }): boolean => !name.startsWith('xmlns') && tellsPlace(name)

interface Tag {
  kind: 'open' | 'close' | 'empty'
  name: string
  at: number
  end: number
  attributes: { name: string; at: number; end: number }[]
}

/** The tags of a text, without comments and instructions; null, and no more, where one has no end. */
function* tags(text: string): Generator<Tag | null> {
  let end = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', end)) {
    const closer = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : text[at + 1] === '?' ? '?>' : undefined
    if (closer) {
      const closed = text.indexOf(closer, at + 2)
      // Some readers see tags in a comment or an instruction that does not end where it should.
      if (closed < 0 || text.slice(at + 1, closed).includes('<', closer === ']]>' ? 8 : 0)) return yield null
      end = closed + closer.length
      continue
    }
    const tag = tagAt(text, at)
    yield tag
    if (!tag) return
    end = tag.end
  }
}

const QUOTE_OR_END = /["'<>]/g
const TAG_NAME = /<\/?([^\s<>/"'=]+)/y

function tagAt(text: string, at: number): Tag | null {
  TAG_NAME.lastIndex = at
  const name = TAG_NAME.exec(text)?.[1]
  if (!name) return null
  const attributes: Tag['attributes'] = []
  for (let from = TAG_NAME.lastIndex; ; ) {
    QUOTE_OR_END.lastIndex = from
    const found = QUOTE_OR_END.exec(text)
    if (!found || found[0] === '<') return null
    if (found[0] === '>') {
      const kind = text[at + 1] === '/' ? 'close' : text[found.index - 1] === '/' ? 'empty' : 'open'
      return { kind, name, at, end: found.index + 1, attributes }
    }
    const closed = text.indexOf(found[0], found.index + 1)
    if (closed < 0) return null
    const attribute = text
      .slice(from, found.index)
      .replace(/\s*=\s*$/, '')
      .trim()
    attributes.push({ name: attribute, at: from, end: closed + 1 })
    from = closed + 1
  }
}
