/** Checks paths of files before they are read. The rules are in FORMAT.md. */

import { LIMITS } from './generated.ts'

export type PathProblem = 'empty' | 'dots' | 'control' | 'direction' | 'backslash' | 'segment' | 'path'

const utf8 = new TextEncoder()
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
/** What reverses the text after it: “gpj.exe” could look like “exe.jpg”. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/

/** Why a path cannot be shared; undefined if it can. */
export function pathProblem(path: string): PathProblem | undefined {
  if (CONTROL.test(path)) return 'control'
  if (DIRECTION.test(path)) return 'direction'
  if (path.includes('\\')) return 'backslash'
  if (utf8.encode(path).length > LIMITS.pathBytes) return 'path'
  for (const segment of path.split('/')) {
    if (segment === '') return 'empty'
    if (segment === '.' || segment === '..') return 'dots'
    if (utf8.encode(segment).length > LIMITS.segmentBytes) return 'segment'
  }
  return undefined
}

/** A path that is not taken: "a.jpg", "a (2).jpg", … */
export function uniquePath(path: string, taken: (path: string) => boolean): string {
  if (!taken(path)) return path
  const dot = path.lastIndexOf('.')
  const [stem, ending] = dot > path.lastIndexOf('/') + 1 ? [path.slice(0, dot), path.slice(dot)] : [path, '']
  let n = 2
  while (taken(`${stem} (${n})${ending}`)) n += 1
  return `${stem} (${n})${ending}`
}
