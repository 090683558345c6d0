/** Which language the page speaks: what its reader chose in this browser, or else what the browser asks for. */

import { effect, signal } from '@preact/signals'
import { bestLanguage, isLanguage, LANGUAGES, type Language, language, locale, localeFor } from '../language'
import { s, speak, textsOf } from '../strings'
import { notify } from './notices'

/** Where this browser keeps the choice. */
const CHOICE = 'spinney-language'

/** What the reader chose; null for what the browser asks for. */
export const chosenLanguage = signal(stored())

/** Numbers the choices, because an earlier one may be loaded later. */
let newest = 0

/** Speaks the language that is due, and follows the reader's choice in any tab. Returns once the page can be drawn. */
export async function openLanguage(): Promise<void> {
  effect(() => {
    document.documentElement.lang = locale.value
    document.documentElement.dir = LANGUAGES[language.value].dir
  })
  addEventListener('storage', ({ key }) => {
    if (key === CHOICE || key === null) void follow(stored())
  })
  addEventListener('languagechange', () => void follow(chosenLanguage.peek()))
  await follow(chosenLanguage.peek())
}

/** Speaks another language in every tab, and keeps the choice in this browser. */
export async function chooseLanguage(choice: Language | null): Promise<void> {
  if (await follow(choice)) store(choice)
}

/** Speaks the language of a choice. False where it could not be loaded: then the page goes on as before, and says so. */
async function follow(choice: Language | null): Promise<boolean> {
  newest += 1
  const mine = newest
  const before = chosenLanguage.peek()
  chosenLanguage.value = choice
  const next = choice ?? bestLanguage(navigator.languages)
  try {
    const words = await textsOf(next)
    if (mine !== newest) return false
    speak(next, words, localeFor(next, navigator.languages))
    return true
  } catch {
    if (mine !== newest) return false
    // Where nothing else was chosen, the list says what is shown: choosing the other again has to be a change.
    chosenLanguage.value = before === choice ? language.peek() : before
    notify(s.language.failed(LANGUAGES[next].name), 'bad')
    return false
  }
}

function stored(): Language | null {
  try {
    const choice = localStorage.getItem(CHOICE)
    return isLanguage(choice) ? choice : null
  } catch {
    return null
  }
}

function store(choice: Language | null): void {
  try {
    if (choice) localStorage.setItem(CHOICE, choice)
    else localStorage.removeItem(CHOICE)
  } catch {
    // Where storage is blocked, it holds until the page is closed.
  }
}
