/** zxcvbn with its common and English dictionaries. They are large, so this file is a chunk of its own. */

import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
})

/** From 0 (guessed at once) to 4 (not in a lifetime). `about` are words that an attacker knows, such as the name. */
export function passphraseScore(passphrase: string, about: readonly string[]): number {
  return zxcvbn.check(passphrase, [...about]).score
}
