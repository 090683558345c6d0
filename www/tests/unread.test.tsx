/** No module of the page keeps a text that it read when it was loaded: the language is not known then, and changes later. */

import { expect, test, vi } from 'vitest'

vi.mock('../src/strings', async importOriginal => ({
  ...(await importOriginal<object>()),
  s: new Proxy({}, { get: (_, name) => expect.fail(`s.${String(name)} is read while a module is loaded`) }),
}))

const MODULES = import.meta.glob([
  '../src/*.ts',
  '../src/*.tsx',
  '../src/{state,ui,views}/**/*.{ts,tsx}',
  '!../src/{main.tsx,sw.ts,strings.ts}',
  '!../src/*.d.ts',
  '!../src/*.worker.ts',
  '!../src/worker.ts',
  '!../src/contract.check.ts',
])

test('no module reads a text while it is loaded', async () => {
  expect(Object.keys(MODULES).length).toBeGreaterThan(100)
  for (const load of Object.values(MODULES)) await load()
})
