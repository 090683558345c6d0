/** Names and numbers in the sentences of a language that is written from right to left. */

/** They begin and end text that finds its own direction: Unicode's FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE. */
const [BEGIN, END] = ['\u2068', '\u2069']

/**
 * The same texts, whose sentences isolate what is put into them: otherwise "Anna", a path or "1.9 GB" would change places with
 * the words around.
 */
export function isolated<T>(texts: T): T {
  if (typeof texts === 'function') return ((...values: unknown[]) => texts(...values.map(isolate))) as T
  if (typeof texts !== 'object' || texts === null) return texts
  if (Array.isArray(texts)) return texts.map(isolated) as T
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, isolated(text)])) as T
}

function isolate(value: unknown): unknown {
  if (typeof value === 'string') return value && `${BEGIN}${value}${END}`
  if (Array.isArray(value)) return value.map(isolate)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, isolate(inside)]))
}
