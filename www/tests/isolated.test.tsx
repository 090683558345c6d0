/** What is put into the sentences of a language that is written from right to left. */

import { expect, test } from 'vitest'
import { isolated } from '../src/strings/isolated'

test('names are isolated, alone, in lists and in what holds them; numbers and dates stay as they are', () => {
  const when = new Date(0)
  const said = isolated({ say: (...values: unknown[]) => values }).say(
    'Anna',
    ['a.jpg'],
    { folder: 'b', written: 1 },
    2,
    when,
    undefined,
    '',
  )
  expect(said).toEqual(['\u2068Anna\u2069', ['\u2068a.jpg\u2069'], { folder: '\u2068b\u2069', written: 1 }, 2, when, undefined, ''])
})
