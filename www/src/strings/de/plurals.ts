/** Words that depend on a number, and lists of names, in German. */

import { wordsOf } from '../plurals.ts'

export const { plural, formatList, listOf } = wordsOf('de', (named, more) => `${named} und ${more} weitere`)
