/**
 * Cleans what stands after the end of a picture: pictures that a camera appends (a gain map, a large preview; CIPA
 * DC-007), the film of a moving picture, as Google's and Samsung's cameras write it, and what programs append.
 */

import { isJpeg } from './jpeg'
import { mentionsPlace } from './places'
import { asciiBytes, CannotClean, latin1, type Nested, NoPicture, type View } from './view'

/** Read at once while the next picture or film is looked for. */
const SCAN = 256 * 1024
/** What may stand across the border of two such parts. */
const OVERLAP = 64
/** A camera appends a few pictures and a film. */
const MAX_APPENDED = 1_000
/** A film begins with a short box that names its kind. */
const LONGEST_FTYP = 1024
/** Samsung's country code of the phone network; its digits come directly after the name. */
const COUNTRY = 'MCC_Data'
/** XMP, and records of Photo Mechanic, AFCP and FotoStation, which hold a city and a country. */
const RECORDS = /rdf:RDF|cbipcbbl|AXS[!*]|\xa1\xb2\xc3\xd4/
/** The last bytes of an Insta360 film. Its positions are among what keeps the film steady. */
const INSTA360 = '8db42d694ccc418790edff439fe026bf'

export async function cleanTrailer(view: View, from: number, nested: Nested): Promise<void> {
  if (latin1(await view.read(view.size - INSTA360.length, INSTA360.length)) === INSTA360) {
    throw new CannotClean('the film keeps its places in a form of its maker')
  }
  let at = from
  for (let n = 0; n < MAX_APPENDED; n += 1) {
    const found = await nextFile(view, at)
    await cleanRest(view, at, found ?? view.size)
    if (found === undefined) return
    at = found + Math.max(await lengthOf(view.part(found), nested), 4)
  }
  throw new CannotClean('too much is appended to the picture')
}

/** Cleans a file, and tells how long it is: nothing, if it only looked like the beginning of one. */
async function lengthOf(file: View, nested: Nested): Promise<number> {
  try {
    return await nested(file)
  } catch (error) {
    if (error instanceof NoPicture) return 0
    throw error
  }
}

/** Where the next picture or film begins. */
async function nextFile(view: View, from: number): Promise<number | undefined> {
  for (let at = from; at + 12 <= view.size; ) {
    const bytes = await view.read(at, SCAN)
    const starts = [jpegStart(bytes), filmStart(bytes)].filter(start => start >= 0)
    if (starts.length) return at + Math.min(...starts)
    if (at + bytes.length >= view.size) return undefined
    at += bytes.length - 12
  }
  return undefined
}

function jpegStart(bytes: Uint8Array): number {
  for (let i = bytes.indexOf(0xff); i >= 0; i = bytes.indexOf(0xff, i + 1)) {
    if (!isJpeg(bytes.subarray(i, i + 2)) || bytes[i + 2] !== 0xff) continue
    const marker = bytes[i + 3] ?? 0
    // Tables, frames, makers' segments and comments: what a JPEG can begin with.
    if ((marker >= 0xc0 && marker <= 0xdb) || (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe) return i
  }
  return -1
}

function filmStart(bytes: Uint8Array): number {
  const text = latin1(bytes)
  for (let i = text.indexOf('ftyp', 4); i >= 0; i = text.indexOf('ftyp', i + 1)) {
    const size = bytes.subarray(i - 4, i).reduce((sum, byte) => sum * 256 + byte, 0)
    if (size >= 8 && size <= LONGEST_FTYP) return i - 4
  }
  return -1
}

/** What is neither picture nor film goes as a whole if it tells a place. */
async function cleanRest(view: View, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += SCAN) {
    const text = latin1(await view.read(at, Math.min(SCAN + OVERLAP, to - at)))
    if (RECORDS.test(text) || mentionsPlace(text)) return view.fill(from, to - from)
    for (let i = text.indexOf(COUNTRY); i >= 0; i = text.indexOf(COUNTRY, i + 1)) {
      const digits = /^\d{1,4}/.exec(text.slice(i + COUNTRY.length))?.[0].length ?? 0
      view.write(at + i + COUNTRY.length, asciiBytes('0'.repeat(digits)))
    }
  }
}
