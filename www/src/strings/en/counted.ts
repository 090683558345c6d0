/** Words that depend on how many there are. */

import { count } from '../../say.ts'

export const plural = (n: number, one: string, many: string) => `${count(n)} ${n === 1 ? one : many}`
export const names = (list: readonly string[]) => new Intl.ListFormat('en', { type: 'conjunction' }).format(list)
