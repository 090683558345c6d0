/**
 * The module `virtual:dictionaries`: the words by which passphrases are judged. The whole lists take 1.6 MB, and a
 * newcomer waits for them. What people choose stands at their beginnings, since they are sorted by how often it is used.
 */

import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'
import type { Plugin } from 'vite'

const NAME = 'virtual:dictionaries'

/** Entries of each list. A word that is not among them is judged by its letters, which makes a passphrase look better. */
const MOST = {
  'passwords-common': 10_000,
  'commonWords-en': 12_000,
  'firstnames-en': 5_000,
  'lastnames-en': 3_000,
}

export function dictionaries(): Plugin {
  return {
    name: 'spinney:dictionaries',
    resolveId: id => (id === NAME ? NAME : undefined),
    load(id) {
      if (id !== NAME) return
      const lists: Record<string, readonly unknown[]> = { ...common.dictionary, ...english.dictionary }
      const words = Object.entries(MOST).map(([name, most]) => {
        const list = lists[name]
        if (!list) throw new Error(`there is no list ${name}: a new zxcvbn has other names`)
        return [name, list.slice(0, most).map(String)] as const
      })
      // One text for each list is smaller than so many strings.
      const texts = words.map(([name, list]) => `${JSON.stringify(name)}: ${JSON.stringify(list.join('\n'))}.split('\\n')`)
      return `export const dictionary = {${texts.join(', ')}}\nexport const graphs = ${JSON.stringify(common.adjacencyGraphs)}`
    },
  }
}
