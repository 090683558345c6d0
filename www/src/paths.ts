/** Which names may be shared: the rules of FORMAT.md for a path, checked before anything is read. */

import { LIMITS } from './generated.ts'

export type Refusal = 'empty' | 'dots' | 'control' | 'backslash' | 'segment' | 'path'

const utf8 = new TextEncoder()
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/** Why a path cannot be shared; undefined where it can. */
export function refusal(path: string): Refusal | undefined {
  if (CONTROL.test(path)) return 'control'
  if (path.includes('\\')) return 'backslash'
  if (utf8.encode(path).length > LIMITS.pathBytes) return 'path'
  for (const segment of path.split('/')) {
    if (segment === '') return 'empty'
    if (segment === '.' || segment === '..') return 'dots'
    if (utf8.encode(segment).length > LIMITS.segmentBytes) return 'segment'
  }
  return undefined
}

/** A path that `taken` has not: "a.jpg", "a (2).jpg", … */
export function freePath(path: string, taken: (path: string) => boolean): string {
  if (!taken(path)) return path
  const dot = path.lastIndexOf('.')
  const [stem, ending] = dot > path.lastIndexOf('/') + 1 ? [path.slice(0, dot), path.slice(dot)] : [path, '']
  let n = 2
  while (taken(`${stem} (${n})${ending}`)) n += 1
  return `${stem} (${n})${ending}`
}
