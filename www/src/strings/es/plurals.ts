/** Words that depend on a number, and lists of names, in Spanish. Whole millions are said as any other number: nobody counts so many here. */

import { wordsOf } from '../plurals.ts'

export const { plural, formatList, listOf } = wordsOf('es', (named, more) => `${named} y ${more} más`)
