// Where this reader refuses, and which of those places a vector has made refuse.
import { readdirSync, readFileSync } from 'node:fs'

const sources = new URL('.', import.meta.url)

/** A line that refuses something. Those of a rule that is turned round refuse only while it is off. */
const REFUSES = /\b(check|keeps|cbor|atMost)\(|throw new Refused\(/
const IS_NO_CHECK = /^\s*(import|export function|export const|const \w+ = \()|holds\('[\w-]+'\)( \|\||,)|!holds\(/

const reached = new Set()

/** Notes every line of the reader on the way to a refusal. */
export function reach(refused) {
  for (const [, file, line] of refused.stack.matchAll(/\/lib\/(\w+\.mjs):(\d+):/g)) reached.add(`${file}:${line}`)
}

/** Lines that refuse something and that no vector reached, as text; and how many there are of both kinds. */
export function unreached() {
  const all = readdirSync(sources).flatMap((file) => {
    const lines = readFileSync(new URL(file, sources), 'utf8').split('\n')
    return lines.map((line, i) => ({ line, place: `${file}:${i + 1}` }))
  })
  const checks = all.filter(({ line }) => REFUSES.test(line) && !IS_NO_CHECK.test(line))
  const missed = checks.filter(({ place }) => !reached.has(place)).map(({ line, place }) => `${place} ${line.trim()}`)
  return { count: checks.length, missed }
}
