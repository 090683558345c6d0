/** How texts are compared in every search: without capitals and accents, in either Unicode form. */

import { displayText } from '../format'

/** Accents of Latin, Greek and Cyrillic letters, vowel points of Hebrew and Arabic, and what is not seen. */
const MARKS =
  /[\u0300-\u036f]|[\u0591-\u05bd\u05bf-\u05c7]|[\u0610-\u061a\u064b-\u065f\u0670]|[\u00ad\u0640\u200b\u2060\ufeff]|\u200c|\u200d|\ufe0f/g
/** Letters that Unicode does not take apart, as people type them who do not have them. */
const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ß: 'ss',
    ł: 'l',
    ø: 'o',
    đ: 'd',
    ð: 'd',
    þ: 'th',
    æ: 'ae',
    œ: 'oe',
    ı: 'i',
    ħ: 'h',
    ŧ: 't',
    ŋ: 'n',
    ə: 'e',
    ς: 'σ',
    '’': "'",
    '‘': "'",
    '–': '-',
    '—': '-',
    '‐': '-',
    '‑': '-',
  }),
)

/** The same text for all spellings that a search takes for one. */
export function searchText(text: string): string {
  // Small letters first: that of İ has its dot as a mark.
  const plain = displayText(text).toLowerCase().normalize('NFKD').replace(MARKS, '')
  const letters = Array.from(plain, letter => LETTERS.get(letter) ?? letter)
  return letters.join('').replace(/\s+/g, ' ').trim()
}

/** How people write letters with two dots, a stroke or a ring who do not have them. */
const PAIRS: ReadonlyMap<string, string> = new Map(Object.entries({ ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' }))
const inPairs = (text: string): string => Array.from(text.toLowerCase().normalize('NFC'), letter => PAIRS.get(letter) ?? letter).join('')

/** Whether a search for `query` finds one of these texts. An empty query finds everything. */
export function isFound(query: string, texts: readonly string[]): boolean {
  const wanted = searchText(query)
  return wanted === '' || texts.some(text => searchText(text).includes(wanted) || searchText(inPairs(text)).includes(wanted))
}
