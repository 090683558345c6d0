/** Words that depend on a number, and lists of names, in one language. */

import { formatCount } from '../format.ts'

/** The kinds of number that each language tells apart up to a million. Spanish and French have another one from there on. */
export interface NumberKinds {
  en: 'one' | 'other'
  de: 'one' | 'other'
  es: 'one' | 'other'
  fr: 'one' | 'other'
  ar: 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'
}

/** What is said of each kind of number; the first "#" stands for the number. */
export type Forms<L extends keyof NumberKinds> = Record<NumberKinds[L] | 'other', string> & Partial<Record<Intl.LDMLPluralRule, string>>

/** Names that a sentence names, at most. */
const NAMED = 10

/** `plural`, `formatList` and `listOf` of a language; `andMore` joins the names that are named with how many are not. */
export function wordsOf<L extends keyof NumberKinds>(language: L, andMore: (named: string, more: string) => string) {
  const rules = new Intl.PluralRules(language)
  const plural = (n: number, forms: Forms<L>) =>
    ((forms as Partial<Record<Intl.LDMLPluralRule, string>>)[rules.select(n)] ?? forms.other).replace('#', formatCount(n))
  const formatList = (list: readonly string[], joined: 'and' | 'or' = 'and') =>
    new Intl.ListFormat(language, { type: joined === 'and' ? 'conjunction' : 'disjunction' }).format(list)
  /** Some names, and how many more there are. */
  const listOf = (names: readonly string[]) =>
    names.length > NAMED ? andMore(names.slice(0, NAMED).join(', '), formatCount(names.length - NAMED)) : formatList(names)
  return { plural, formatList, listOf }
}
