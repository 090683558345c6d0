/** The one order of files wherever they are listed: pictures and films first, and names as people count. Of people too. */

import { locale } from './language'
import { isViewable } from './media-type'

interface Listed {
  path: string
  type: string
}

/** What an author can put the files of a share in order by. */
export type AuthorsOrder = 'name' | 'date' | 'size'

let collator: { tag: string; compare: Intl.Collator['compare'] } | undefined

/** Compares names as people count, in the language of the page. */
export function compareNames(a: string, b: string): number {
  if (collator?.tag !== locale.value) collator = { tag: locale.value, compare: new Intl.Collator(locale.value, { numeric: true }).compare }
  return collator.compare(a, b)
}

/** Compares paths part by part, so that the files of a folder stay together. */
function compare(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const [left = '', right = ''] = [a[i], b[i]]
    const order = left === right ? 0 : compareNames(left, right) || (left < right ? -1 : 1)
    if (order !== 0) return order
  }
  return a.length - b.length
}

function sorted<T>(list: readonly T[], pathOf: (item: T) => string, isFirst: (item: T) => boolean): T[] {
  const keyed = list.map(item => ({ item, parts: pathOf(item).split('/'), rank: isFirst(item) ? 0 : 1 }))
  return keyed.sort((a, b) => a.rank - b.rank || compare(a.parts, b.parts)).map(({ item }) => item)
}

/** Files in their order. */
export const inOrder = <T extends Listed>(files: readonly T[]): T[] =>
  sorted(
    files,
    ({ path }) => path,
    ({ type }) => isViewable(type),
  )

/** What a reader can put files in order by. */
export const ORDERS = ['name', 'oldest', 'newest', 'size'] as const
export type Order = (typeof ORDERS)[number]

/** What readers see first who have chosen nothing. */
export const orderFrom = (authors: AuthorsOrder | undefined): Order => (authors === 'date' ? 'oldest' : (authors ?? 'name'))

/** What an author says who wants all to see this order. */
export const authorsOrder = (order: Order): AuthorsOrder => (order === 'oldest' || order === 'newest' ? 'date' : order)

/** What is known of a file besides its name. */
export interface Stamp {
  size: number
  modified?: Date
}

/**
 * Files, which are in order by their names, as a reader wants them: still pictures and films first, those without a date at
 * the end, equal ones by name.
 */
export function orderedBy<T extends Listed & Stamp>(byName: readonly T[], order: Order): readonly T[] {
  if (order === 'name') return byName
  const placeOf = ({ size, modified }: T): number => {
    if (order === 'size') return -size
    const time = modified?.getTime()
    return time === undefined ? Number.POSITIVE_INFINITY : order === 'oldest' ? time : -time
  }
  const keyed = byName.map(file => ({ file, rank: isViewable(file.type) ? 0 : 1, value: placeOf(file) }))
  // Two without a date are equal, though the difference of two infinities is no number.
  return keyed.sort((a, b) => a.rank - b.rank || (a.value === b.value ? 0 : a.value - b.value)).map(({ file }) => file)
}

/** Files that follow each other in one month; undefined stands for those without a date. */
export function byMonth<T extends { modified?: Date }>(files: readonly T[]): { month: Date | undefined; files: T[] }[] {
  const groups: { month: Date | undefined; files: T[] }[] = []
  for (const file of files) {
    const month = file.modified && new Date(file.modified.getFullYear(), file.modified.getMonth())
    const last = groups.at(-1)
    if (last && last.month?.getTime() === month?.getTime()) last.files.push(file)
    else groups.push({ month, files: [file] })
  }
  return groups
}

/** Paths in their order, where types are not known. */
export const pathsInOrder = (paths: readonly string[]): string[] =>
  sorted(
    paths,
    path => path,
    () => false,
  )
