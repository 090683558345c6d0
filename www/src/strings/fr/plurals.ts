/** Words that depend on a number or on the name after them, and lists of names, in French. */

import { wordsOf } from '../plurals.ts'

export const { plural, formatList, listOf } = wordsOf('fr', (named, more) => `${named} et ${more} autres`)

/** How many files. */
export const files = (n: number) => plural(n, { one: '# fichier', many: '# de fichiers', other: '# fichiers' })
/** How many persons. */
export const persons = (n: number) => plural(n, { one: '# personne', many: '# de personnes', other: '# personnes' })

/** Sounds before which French drops an "e". Most names that begin with "h" are spoken without it. */
const VOWEL = /^(?:[aàâäáåæeèéêëiìîïíoòôöóøœuùûüúh]|y(?![aeiou]))/i
const elide = (word: 'd' | 'qu', name: string) => (VOWEL.test(name) ? `${word}’${name}` : `${word}e ${name}`)
/** "de Ben", "d’Anna". */
export const de = (name: string) => elide('d', name)
/** "que Ben", "qu’Anna". */
export const que = (name: string) => elide('qu', name)
