/** The texts of the page in the reader's language. English is the only one so far. */

import { en } from './strings/en.ts'

export type Strings = typeof en

export const s: Strings = en
export const language = 'en'
