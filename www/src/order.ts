/** The one order of files wherever they are listed: pictures and films first, and names as people count. Of people too. */

import { isViewable } from './media-type'

interface Listed {
  path: string
  type: string
}

const collator = new Intl.Collator(undefined, { numeric: true })

/** Compares names as people count, in the language of the browser. */
export const compareNames = collator.compare

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

/** Paths in their order, where types are not known. */
export const pathsInOrder = (paths: readonly string[]): string[] =>
  sorted(
    paths,
    path => path,
    () => false,
  )
