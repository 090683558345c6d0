/**
 * The texts of the page in its reader's language: `s`.
 *
 * What reads `s` while it is drawn or computed follows the language. Nothing may keep what it read when its module was loaded:
 * then the language is not known yet.
 */

import { batch, signal } from '@preact/signals'
import { LANGUAGES, type Language, language, locale } from './language.ts'
import { en } from './strings/en.ts'
import { isolated } from './strings/isolated.ts'

export type Strings = typeof en

/** English comes with the page; the others when somebody reads them. */
const LOADED: Record<Language, () => Promise<Strings>> = {
  en: async () => en,
  de: async () => (await import('./strings/de.ts')).de,
  es: async () => (await import('./strings/es.ts')).es,
  fr: async () => (await import('./strings/fr.ts')).fr,
  ar: async () => (await import('./strings/ar.ts')).ar,
}

const texts = signal<Strings>(en)

const getter = (name: keyof Strings): PropertyDescriptor => ({ enumerable: true, get: () => texts.value[name] })
const getters = (Object.keys(en) as (keyof Strings)[]).map(name => [name, getter(name)])

export const s: Strings = Object.defineProperties({} as Strings, Object.fromEntries(getters))

/** The texts of a language. Fails where they cannot be loaded. */
export async function textsOf(name: Language): Promise<Strings> {
  const words = await LOADED[name]()
  return LANGUAGES[name].dir === 'rtl' ? isolated(words) : words
}

/** Shows the page in a language from now on, with dates and numbers of a locale. */
export function speak(name: Language, words: Strings, tag: string): void {
  batch(() => {
    language.value = name
    locale.value = tag
    texts.value = words
  })
}
