/** Words that depend on a number, and lists of names, in Arabic. */

import { wordsOf } from '../plurals.ts'

/** The comma between names is the Arabic one. A comma inside of a name stays: names end with the isolate that is looked for. */
export const { plural, formatList, listOf } = wordsOf(
  'ar',
  (named, more) => `${named.replaceAll('\u2069, ', '\u2069، ')} وعدد الباقي ${more}`,
)

/** Names in a row that goes on. */
export const inRow = (names: readonly string[]) => names.join('، ')

/** How many files, as the subject of a sentence or by itself. */
export const files = (n: number) =>
  plural(n, {
    zero: 'لا ملفات',
    one: 'ملف واحد',
    two: 'ملفان',
    few: '# ملفات',
    many: '# ملفًا',
    other: '# ملف',
  })

/** How many files, after a noun or a preposition. */
export const ofFiles = (n: number) =>
  plural(n, {
    zero: '# ملف',
    one: 'ملف واحد',
    two: 'ملفين',
    few: '# ملفات',
    many: '# ملفًا',
    other: '# ملف',
  })

/** How many persons, after a preposition. */
export const ofPersons = (n: number) =>
  plural(n, {
    zero: '# شخص',
    one: 'شخص واحد',
    two: 'شخصين',
    few: '# أشخاص',
    many: '# شخصًا',
    other: '# شخص',
  })

/** How many other persons, after others that are named. */
export const otherPersons = (n: number) =>
  plural(n, {
    zero: '# شخص آخر',
    one: 'شخص آخر',
    two: 'شخصان آخران',
    few: '# أشخاص آخرين',
    many: '# شخصًا آخر',
    other: '# شخص آخر',
  })

/** How many characters, after a noun or a preposition. */
export const ofCharacters = (n: number) =>
  plural(n, {
    zero: '# حرف',
    one: 'حرف واحد',
    two: 'حرفين',
    few: '# أحرف',
    many: '# حرفًا',
    other: '# حرف',
  })
