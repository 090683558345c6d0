/** Every language says all that English says, with all that is put into it; and the page says all of it somewhere. */

import { expect, test } from 'vitest'
import { formatBytes, formatCount, formatDuration, formatRate } from '../src/format'
import { LANGUAGES, type Language } from '../src/language'
import type { NumberKinds } from '../src/strings/plurals'
import { ar } from '../src/strings/ar'
import { de } from '../src/strings/de'
import { en } from '../src/strings/en'
import { es } from '../src/strings/es'
import { fr } from '../src/strings/fr'

type Say = (...values: unknown[]) => string
type Leaf = string | Say
type Tree = { [name: string]: Tree | Leaf | string[] }

const TEXTS: Record<Language, Tree> = { en, de, es, fr, ar } as unknown as Record<Language, Tree>
const OTHERS = (Object.keys(LANGUAGES) as Language[]).filter(each => each !== 'en')

/** Every text of a language by its path: "home.from.contacts". */
function leavesOf(tree: unknown, path = ''): [string, Leaf][] {
  if (typeof tree === 'string' || typeof tree === 'function') return [[path, tree as Leaf]]
  return Object.entries(tree as object).flatMap(([name, inside]) => leavesOf(inside, path ? `${path}.${name}` : name))
}

const LEAVES = Object.fromEntries(Object.entries(TEXTS).map(([name, tree]) => [name, new Map(leavesOf(tree))])) as Record<
  Language,
  Map<string, Leaf>
>

/** What a value becomes in a sentence. A number is far from every other, and from those that have words of their own. */
const word = (i: number) => `word${'abcdefgh'[i]}`
const number = (i: number) => 5_123 + 1_000 * i
/** Where a name is wanted a number does as well, but not the other way round. */
const CANDIDATES: ((i: number) => { value: unknown; seen: (text: string) => number })[] = [
  i => ({ value: number(i), seen: text => Number(formsOf(number(i)).some(form => text.includes(form))) }),
  i => ({ value: word(i), seen: text => Number(text.includes(word(i))) }),
  i => ({ value: [`${word(i)}1`, `${word(i)}2`], seen: text => [1, 2].filter(each => text.includes(`${word(i)}${each}`)).length }),
  () => ({ value: true, seen: () => 0 }),
  i => {
    const counts = { written: 5_223, already: 6_223, renamed: 7_223, leftOut: 8_223 }
    const seen = (text: string) => [word(i), ...Object.values(counts).map(formatCount)].filter(each => text.includes(each)).length
    return { value: { folder: word(i), ...counts }, seen }
  },
]
const formsOf = (n: number) => [formatCount(n), String(n), formatBytes(n), formatRate(n), formatDuration(n)]
const BROKEN = /undefined|NaN|\[object|#|null/

/** Values with which an English sentence says as much as it can, and how much of each it says. */
function valuesFor(say: Say): { values: unknown[]; seen: ((text: string) => number)[] } {
  let combinations: ReturnType<(typeof CANDIDATES)[number]>[][] = [[]]
  for (let i = 0; i < say.length; i += 1) combinations = combinations.flatMap(before => CANDIDATES.map(make => [...before, make(i)]))
  let best = { said: -1, values: [] as unknown[], seen: [] as ((text: string) => number)[] }
  for (const combination of combinations) {
    const values = combination.map(({ value }) => value)
    const seen = combination.map(each => each.seen)
    const text = attempt(say, values)
    if (text === undefined) continue
    const said = seen.reduce((sum, each) => sum + Math.min(1, each(text)), 0)
    if (said > best.said) best = { said, values, seen }
  }
  return best
}

function attempt(say: Say, values: unknown[]): string | undefined {
  try {
    const text = say(...values)
    return typeof text === 'string' && !BROKEN.test(text) ? text : undefined
  } catch {
    return undefined
  }
}

for (const language of OTHERS) {
  test(`${LANGUAGES[language].name} has the texts of English, and no others`, () => {
    expect([...LEAVES[language].keys()].sort()).toEqual([...LEAVES.en.keys()].sort())
  })

  test(`${LANGUAGES[language].name} says all that is put into its sentences`, () => {
    const wrong: string[] = []
    for (const [path, said] of LEAVES.en) {
      const other = LEAVES[language].get(path)
      if (typeof said !== typeof other) wrong.push(`${path} is not the same kind`)
      if (typeof said !== 'function' || typeof other !== 'function') continue
      if (said.length !== other.length) wrong.push(`${path} takes ${other.length} values, and English ${said.length}`)
      const { values, seen } = valuesFor(said)
      const [inEnglish, here] = [said(...values), attempt(other, values)]
      if (here === undefined) wrong.push(`${path} cannot say ${JSON.stringify(values)}`)
      else if (seen.some(each => each(here) < each(inEnglish))) wrong.push(`${path} leaves something out: ${inEnglish} | ${here}`)
    }
    expect(wrong).toEqual([])
  })

  test(`${LANGUAGES[language].name} leaves no text empty that English has, and speaks of every number`, () => {
    const wrong: string[] = []
    for (const [path, said] of LEAVES.en) {
      const other = LEAVES[language].get(path)
      if (typeof said === 'string' && typeof other === 'string' && !said !== !other) wrong.push(path)
      if (typeof said !== 'function' || typeof other !== 'function') continue
      const { values } = valuesFor(said)
      for (const n of [0, 1, 2, 3, 11, 100, 1_000_000]) {
        const these = values.map(value => (typeof value === 'number' ? n : value))
        if (attempt(said, these) !== undefined && attempt(other, these) === undefined) wrong.push(`${path} of ${n}`)
      }
    }
    expect(wrong).toEqual([])
  })
}

for (const [language, leaves] of Object.entries(LEAVES)) {
  test(`in ${language} the name of each button holds what is written on it`, () => {
    const wrong: string[] = []
    for (const [path, said] of leaves) {
      const written = leaves.get(path.replace(/(Of|Named)$/, ''))
      // That one names a heading.
      if (typeof said !== 'function' || typeof written !== 'string' || path === 'folders.journalOf') continue
      // "Save" is on it, and "Save 3 files" is said of it.
      const named = attempt(said, valuesFor(LEAVES.en.get(path) as Say).values) ?? ''
      if (!named.toLowerCase().includes(written.toLowerCase())) wrong.push(`${path}: ${written} | ${named}`)
    }
    expect(wrong).toEqual([])
  })
}

test('each language has a form for each kind of number up to a million', () => {
  // The type says which must be given; here it is held against the data of the browser.
  const kinds: { [L in Language]: NumberKinds[L][] } = {
    en: ['one', 'other'],
    de: ['one', 'other'],
    es: ['one', 'other'],
    fr: ['one', 'other'],
    ar: ['zero', 'one', 'two', 'few', 'many', 'other'],
  }
  for (const [language, given] of Object.entries(kinds)) {
    const rules = new Intl.PluralRules(language)
    const met = new Set(Array.from({ length: 1_000 }, (_, n) => rules.select(n)))
    expect([...met].sort(), language).toEqual([...given].sort())
  }
})

const SOURCES = import.meta.glob<string>(['../src/**/*.ts', '../src/**/*.tsx', '!../src/strings/**', '!../src/wasm/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})
/** `s`, and the names after it: `s.home.title`, and `s.stopped` of `s.stopped[now.state]`. */
const USE = /(?<![\w.$'])s((?:\s*\.\s*[A-Za-z_]\w*)+)(\[[^[\]]*\])?/g
/** What is between brackets, if it is one of two names, or one. */
const NAMES = /^\[(?:[^']*\? )?'([^']+)'(?: : '([^']+)')?\]$/

test('the page uses every text', () => {
  const used = new Set<string>()
  const use = (path: string) => {
    for (const leaf of LEAVES.en.keys()) if (leaf === path || leaf.startsWith(`${path}.`)) used.add(leaf)
  }
  for (const source of Object.values(SOURCES)) {
    for (const [, names = '', index] of source.matchAll(USE)) {
      let at: unknown = en
      const path: string[] = []
      for (const name of names.split('.').map(each => each.trim())) {
        if (!name) continue
        // A method of a text, or of a list of them.
        if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) break
        at = (at as Record<string, unknown>)[name]
        path.push(name)
      }
      const [, one, other] = NAMES.exec(index ?? '') ?? []
      if (path.length === 0) continue
      for (const name of one ? [one, other] : [undefined]) use([...path, ...(name ? [name] : [])].join('.'))
    }
  }
  // The settings that are on or off show the texts of either.
  for (const section of ['receipts', 'relayOnly']) use(section)
  expect([...LEAVES.en.keys()].filter(leaf => !used.has(leaf))).toEqual([])
})
