/** What a share is called if its author types no title. */

import { dayAndMonth } from './format.ts'
import { LIMITS } from './generated.ts'
import { isFilm, isPicture } from './media-type.ts'
import { s } from './strings.ts'

interface Chosen {
  path: string
  file: Pick<File, 'type' | 'lastModified'>
}

/** The folder or the file that it is, else how many there are and of which day, or of today if they are of several. */
export const proposedTitle = (files: readonly Chosen[], folders: readonly string[]): string =>
  [...describe(files, folders)].slice(0, LIMITS.titleChars).join('')

/** The first line of a text. */
export const titleOfText = (text: string): string => [...(text.trim().split('\n')[0] ?? '').trim()].slice(0, LIMITS.titleChars).join('')

function describe(files: readonly Chosen[], folders: readonly string[]): string {
  const paths = [...files.map(({ path }) => path), ...folders.map(path => `${path}/`)]
  const [first = ''] = paths
  const top = first.split('/')[0] ?? ''
  if (first.includes('/') && paths.every(path => path.startsWith(`${top}/`))) return top
  if (paths.length === 1) return first.replace(/(?<=.)\.[^.]+$/, '')
  const days = new Set(files.map(({ file }) => new Date(file.lastModified).toDateString()))
  const [newest] = files
  const day = days.size === 1 && newest ? new Date(newest.file.lastModified) : new Date()
  return `${countOf(files, folders)}, ${dayAndMonth(day)}`
}

/** "9 pictures" where all of them are pictures, else "9 files". */
export function countOf(files: readonly Pick<Chosen, 'file'>[], folders: readonly string[]): string {
  const all = (is: (type: string) => boolean) => folders.length === 0 && files.every(({ file }) => is(file.type))
  const kind = all(isPicture) ? 'pictures' : all(isFilm) ? 'films' : 'files'
  return s.compose.counted[kind](files.length + folders.length)
}
