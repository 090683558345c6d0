/** Says that words to be written down, typed or read aloud are English, where the page speaks another language. */

import { language } from '../language'
import { s } from '../strings'

export const EnglishWords = () => (language.value === 'en' ? null : <p class="quiet">{s.language.englishWords}</p>)
