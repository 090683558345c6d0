/** The language of the page: which there are, which is shown, and which its reader's browser asks for. */

import { match } from '@formatjs/intl-localematcher'
import { signal } from '@preact/signals'

/** Each language in its own words, and which way it is written. English first: it is what others fall back to. */
export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr' },
  de: { name: 'Deutsch', dir: 'ltr' },
  es: { name: 'Español', dir: 'ltr' },
  fr: { name: 'Français', dir: 'ltr' },
  ar: { name: 'العربية', dir: 'rtl' },
} as const satisfies Record<string, { name: string; dir: 'ltr' | 'rtl' }>

export type Language = keyof typeof LANGUAGES

/** The language of the texts. */
export const language = signal<Language>('en')
/** What `Intl` formats for: the language, with the reader's country where the browser tells it. */
export const locale = signal('en')

export const isLanguage = (text: unknown): text is Language => typeof text === 'string' && Object.hasOwn(LANGUAGES, text)

/** The language that comes nearest to what a browser asks for; English if none does. */
export const bestLanguage = (asked: readonly string[]): Language => {
  const found = match(asked.filter(isTag), Object.keys(LANGUAGES), 'en')
  return isLanguage(found) ? found : 'en'
}

/** The first of a browser's tags that is of this language: "de-AT" counts as in Austria. */
export const localeFor = (chosen: Language, asked: readonly string[]): string =>
  asked.filter(isTag).find(tag => new Intl.Locale(tag).language === chosen) ?? chosen

/** Chromium's tags come from the system's settings, and may be none: "en-US@posix". */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}
