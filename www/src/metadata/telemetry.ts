/**
 * Empties tracks that tell along the film where it was: GoPro's `gpmd`, Android's `camm`, Sony's `rtmd`, DJI's data and
 * subtitles, and Apple's `mebx` where it has a location.
 */

import { type Box, boxesIn, contentOf, hide, u64 } from './boxes'
import { mentionsPlace } from './places'
import { CannotClean, latin1, type Span, type View } from './view'

/** Pieces of one track. More would be days of telemetry. */
const MAX_CHUNKS = 100_000
/** Subtitles that are looked at: enough to see that they tell positions. */
const TEXT_LOOKED_AT = 64 * 1024
const KNOWN = new Set(['gpmd', 'camm', 'rtmd', 'djmd', 'dbgi', 'CTMD', 'gps ', 'GPS ', 'fmeo'])
const TEXTS = new Set(['text', 'sbtl', 'subt', 'clcp'])
/** Which frame of a moving picture is its still. */
const STILL = /application\/(motionphoto|microvideo)/
const APPLE_PLACE = /location|gps|iso6709|latitude/i

/** Whether a track was emptied. A film in fragments has the pieces of its tracks all over. */
export async function emptyTelemetry(view: View, track: Box, inFragments: boolean): Promise<void> {
  const media = await child(view, track, 'mdia')
  const handler = media && (await child(view, media, 'hdlr'))
  const information = media && (await child(view, media, 'minf'))
  const table = information && (await child(view, information, 'stbl'))
  if (!handler || !table) return
  const description = await child(view, table, 'stsd')
  const kind = latin1(await view.read(handler.body + 8, 4))
  const entry = description
    ? latin1(await view.read(description.body + 8, Math.min(TEXT_LOOKED_AT, description.end - description.body)))
    : ''
  const format = entry.slice(4, 8)
  if (TEXTS.has(kind)) {
    if (!mentionsPlace(await beginning(view, await chunks(view, table)))) return
  } else if (!(KNOWN.has(format) || (kind === 'meta' && mayTell(format, entry)))) return
  if (inFragments) throw new CannotClean('the film tells its places in fragments')
  for (const { at, length } of await chunks(view, table)) view.fill(at, length)
  hide(view, track)
}

function mayTell(format: string, entry: string): boolean {
  if (format === 'mebx') return APPLE_PLACE.test(entry)
  return !(format === 'mett' && STILL.test(entry))
}

const child = async (view: View, parent: Box, type: string): Promise<Box | undefined> =>
  (await boxesIn(view, parent.body, parent.end)).find(box => box.type === type)

async function beginning(view: View, spans: readonly Span[]): Promise<string> {
  let text = ''
  for (const { at, length } of spans) {
    text += latin1(await view.read(at, Math.min(length, TEXT_LOOKED_AT)))
    if (text.length >= TEXT_LOOKED_AT) break
  }
  return text
}

/** Where the pieces of a track are: offsets of chunks, samples in each, and sizes of samples. */
async function chunks(view: View, table: Box): Promise<Span[]> {
  const boxes = await boxesIn(view, table.body, table.end)
  const named = (type: string) => {
    const box = boxes.find(each => each.type === type)
    return box && contentOf(view, box)
  }
  const [short, long, counts, sizes] = [named('stco'), named('co64'), named('stsc'), named('stsz')]
  const offsets = short ?? long
  if (!offsets || !counts || !sizes) {
    if (named('stz2')) throw new CannotClean('the sizes of a track are of an unknown form')
    return []
  }
  const [amount, runs, fixed] = [await offsets.u32(4), await counts.u32(4), await sizes.u32(4)]
  if (amount > MAX_CHUNKS) throw new CannotClean('a track has too many pieces')
  const found: Span[] = []
  let [run, perChunk, sample] = [0, 0, 0]
  for (let n = 0; n < amount; n += 1) {
    if (run < runs && (await counts.u32(8 + run * 12)) <= n + 1) {
      perChunk = await counts.u32(12 + run * 12)
      run += 1
    }
    const at = short ? await offsets.u32(8 + n * 4) : await u64(offsets, 8 + n * 8)
    if (perChunk > MAX_CHUNKS) throw new CannotClean('a track has too many pieces')
    const lengths = fixed ? undefined : await sizes.read(12 + sample * 4, perChunk * 4)
    const length = lengths ? sum(lengths) : fixed * perChunk
    sample += perChunk
    found.push({ at, length })
  }
  return found
}

/** The sum of numbers of four bytes each. */
function sum(bytes: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let total = 0
  for (let at = 0; at + 4 <= bytes.length; at += 4) total += view.getUint32(at)
  return total
}
