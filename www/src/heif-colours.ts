/** In which colours the pixels of a HEIC picture are: iPhones write those of their screens. */

import { latin1 } from './metadata/view'

/** The box `colr` with a number for its colours (ISO/IEC 23008-12; ISO/IEC 23091-2), or with a profile. */
const NUMBERED = /colrnclx(..)/s
const PROFILED = /colr(prof|rICC)/
/** SMPTE EG 432-1, which is Display P3. */
const P3 = '\0\x0c'
/** The name of a profile is in UTF-16. */
const P3_NAME = 'P\x003'

/** What stands before the pixels of a picture tells it. */
export const BEGINNING = 64 * 1024

/** What a browser is to take the pixels for; every other kind counts as sRGB. */
export function coloursOf(beginning: Uint8Array): PredefinedColorSpace {
  const text = latin1(beginning)
  const isWide = PROFILED.test(text) ? text.includes(P3_NAME) : NUMBERED.exec(text)?.[1] === P3
  return isWide ? 'display-p3' : 'srgb'
}
