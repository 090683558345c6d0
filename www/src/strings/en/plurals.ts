/** Words that depend on a number, and lists of names. */

import { formatCount } from '../../format.ts'

export const plural = (n: number, one: string, many: string) => `${formatCount(n)} ${n === 1 ? one : many}`
export const formatList = (list: readonly string[], joined: 'and' | 'or' = 'and') =>
  new Intl.ListFormat('en', { type: joined === 'and' ? 'conjunction' : 'disjunction' }).format(list)

/** Names that a sentence names, at most. */
const NAMED = 10
/** Some names, and how many more there are. */
export const listOf = (names: readonly string[]) =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(', ')} and ${formatCount(names.length - NAMED)} more` : formatList(names)
