/** Proposes passphrases. The list of words is a chunk of its own. */

import { wordlist } from '@scure/bip39/wordlists/english.js'

/** Five of 2,048 words: 55 bits, beside Argon2id. */
const WORDS = 5

/** A new passphrase of random words. A 16-bit number has no favourite among 2,048 remainders. */
export function proposedPassphrase(): string {
  const picks = crypto.getRandomValues(new Uint16Array(WORDS))
  return [...picks].map(pick => wordlist[pick % wordlist.length]).join(' ')
}
