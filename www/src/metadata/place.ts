/**
 * Takes the place out of pictures and films, by what is in a file and never by its name.
 *
 * Pixels, colours, orientation and dates stay. Almost everything is overwritten where it stands, so that offsets stay
 * true; of a film of many gigabytes only the parts about it are read.
 */

import { cleanBmff, isBmff } from './bmff'
import { cleanGif, isGif } from './gif'
import { cleanJpeg, isJpeg } from './jpeg'
import { cleanMatroska, isMatroska } from './matroska'
import { checkStream, cleanPsd, isPsd, isStream, isUnreadable, refuse } from './others'
import { cleanPng, isPng } from './png'
import { cleanRiff, isRiff } from './riff'
import { cleanTiffFile, isTiff } from './tiff'
import { cleanTrailer } from './trailer'
import { CannotClean, type Nested, View } from './view'

interface Format {
  is: (beginning: Uint8Array) => boolean
  /** Cleans a file that begins so. Returns where it ends. */
  clean: (view: View, nested: Nested) => Promise<number>
}

const FORMATS: readonly Format[] = [
  { is: isJpeg, clean: cleanJpeg },
  { is: isPng, clean: cleanPng },
  { is: isGif, clean: cleanGif },
  { is: isRiff, clean: cleanRiff },
  { is: isTiff, clean: cleanTiffFile },
  { is: isPsd, clean: cleanPsd },
  { is: isMatroska, clean: cleanMatroska },
  { is: isUnreadable, clean: refuse },
  { is: isStream, clean: checkStream },
  { is: isBmff, clean: cleanBmff },
]
/** Enough for three packets of a transport stream. */
const BEGINNING = 1024
/** A film in a picture in a film. */
const MAX_DEPTH = 4

/**
 * The file without its place; null if there is nothing to take out.
 *
 * @throws CannotClean if a place may be in it that cannot be taken out.
 */
export async function withoutPlace(file: Blob): Promise<Blob | null> {
  const view = View.of(file)
  await clean(view, 0)
  return view.result()
}

async function clean(view: View, depth: number): Promise<number> {
  if (depth > MAX_DEPTH) throw new CannotClean('there are pictures within pictures')
  const beginning = await view.read(0, BEGINNING)
  const format = FORMATS.find(({ is }) => is(beginning))
  if (!format) return 0
  const nested = (part: View) => clean(part, depth + 1)
  const end = await format.clean(view, nested)
  if (depth === 0 && end < view.size) await cleanTrailer(view, end, nested)
  return end
}
