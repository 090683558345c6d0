/** Takes the place out of WebP, AVI and WAVE (RIFF chunks): Exif, XMP, and texts. */

import { mentionsPlace } from './places'
import { cleanExif, isTiff } from './tiff'
import { CannotClean, latin1, type Nested, type View } from './view'
import { cleanXmp } from './xmp'

/** Lists within lists; AVI has three levels. */
const MAX_DEPTH = 8
const FORMS = new Set(['WEBP', 'AVI ', 'AVIX', 'WAVE'])
/** What is long and tells nothing: pixels, sound, indexes. */
const SKIPPED = /^(VP8[ LX]|ALPH|ANMF|ICCP|data|idx1|JUNK|\d\d(dc|db|wb|tx|pc))$/
/** Texts longer than this are no description that somebody wrote. */
const MAX_TEXT = 1024 * 1024
const SPACE = 0x20

export function isRiff(bytes: Uint8Array): boolean {
  const text = latin1(bytes.subarray(0, 12))
  return (text.startsWith('RIFF') || text.startsWith('RF64')) && FORMS.has(text.slice(8))
}

/** Returns where the file ends. */
export async function cleanRiff(view: View, nested: Nested): Promise<number> {
  let at = 0
  // A long AVI has one RIFF after the other.
  while (isRiff(await view.read(at, 12))) {
    const length = (await size(view, at + 4)) + 8
    await cleanChunks(view.part(at + 12, length - 12), nested, 0)
    at += length + (length % 2)
  }
  return Math.min(at, view.size)
}

async function size(view: View, at: number): Promise<number> {
  const bytes = await view.read(at, 4)
  return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0)
}

async function cleanChunks(view: View, nested: Nested, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) throw new CannotClean('there are lists within lists')
  for (let at = 0; at + 8 <= view.size; ) {
    const name = latin1(await view.read(at, 4))
    const length = await size(view, at + 4)
    await cleanChunk(view.part(at + 8, length), name, nested, depth)
    at += 8 + length + (length % 2)
  }
}

async function cleanChunk(chunk: View, name: string, nested: Nested, depth: number): Promise<void> {
  if (name === 'LIST') {
    const kind = latin1(await chunk.read(0, 4))
    // Notes of Nikon and Pentax.
    if (kind === 'ncdt' || kind === 'hydt') chunk.fill(4, chunk.size - 4)
    else if (kind !== 'movi') await cleanChunks(chunk.part(4), nested, depth + 1)
  } else if (name === 'EXIF') {
    // Some writers put the beginning of a JPEG segment before it.
    const from = isTiff(await chunk.read(0, 4)) ? 0 : 6
    await cleanExif(chunk.part(from), nested)
  } else if (name === 'strd' && latin1(await chunk.read(0, 4)) === 'AVIF') {
    // Exif, after a name and a number.
    await cleanExif(chunk.part(8), nested)
  } else if (name === 'XMP ' || name === '_PMX') await cleanXmp(chunk)
  else if (!SKIPPED.test(name) && chunk.size <= MAX_TEXT && mentionsPlace(latin1(await chunk.all()))) chunk.fill(0, chunk.size, SPACE)
}
