/** Words that depend on a number, and lists of names. */

import { wordsOf } from '../plurals.ts'

export const { plural, formatList, listOf } = wordsOf('en', (named, more) => `${named} and ${more} more`)
