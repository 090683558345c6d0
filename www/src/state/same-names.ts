/** Which names look the same. */

import { displayText } from '../format'

/** Letters that look like Latin ones in most fonts. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ...pairs('аеорсухіјѕԁһӏԛԝвкмнт', 'aeopcyxijsdhlqwbkmht'), // Cyrillic
  ...pairs('αβεικνορτυχ', 'abeikvoptux'), // Greek
])

function pairs(letters: string, latin: string): [string, string][] {
  return [...letters].map((letter, i) => [letter, latin[i] ?? letter])
}

/** The same text for all names that look alike at a glance. */
export function foldedName(name: string): string {
  const letters = [...displayText(name).normalize('NFKC').toLowerCase()]
  const latin = letters.map(letter => LOOKALIKES.get(letter) ?? letter).join('')
  return latin.replace(/\s+/g, ' ').trim()
}
