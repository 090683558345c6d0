/** Judges passphrases with zxcvbn. Its dictionaries are large, so this file is a chunk of its own. */

import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { dictionary, graphs } from 'virtual:dictionaries'

/** What every guesser tries, because it is printed where good passphrases are explained. */
const FAMOUS = ['correct horse battery staple', 'Tr0ub4dor&3', 'diceware', 'the quick brown fox jumps over the lazy dog']

/** zxcvbn's time grows with the square of the length. A longer passphrase cannot be guessed anyway. */
const MAX_JUDGED_LENGTH = 64

/** Between words. A guesser puts nothing, a space or a dash there, so it adds next to nothing. */
const SEPARATORS = /[\s\p{P}]+/gu

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs })

/** Letters of a name that is looked for inside of a passphrase. Shorter ones are in too many words. */
const MIN_NAME = 3

/** From 0 (guessed at once) to 4 (not in a lifetime). `about` are words that an attacker knows, such as the name. */
export function passphraseScore(passphrase: string, about: readonly string[]): number {
  const names = about.flatMap(text => [text, joined(text), ...text.split(SEPARATORS)]).filter(Boolean)
  const guessedFirst = [...names, ...FAMOUS.flatMap(text => [text, joined(text)])]
  const judged = passphrase.slice(0, MAX_JUDGED_LENGTH)
  // A name adds nothing, however often it is there.
  const nameless = names.filter(({ length }) => length >= MIN_NAME).reduce(without, joined(judged))
  return Math.min(...[judged, joined(judged), nameless].map(text => zxcvbn.check(text, guessedFirst).score))
}

const joined = (text: string): string => text.replace(SEPARATORS, '')

const without = (text: string, name: string): string => text.toLowerCase().split(name.toLowerCase()).join('')
