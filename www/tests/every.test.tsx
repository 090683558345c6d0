/** Every state of every part: nothing serious for who cannot see well, in both themes. */

import axe from 'axe-core'
import { afterEach, expect, test } from 'vitest'
import { catalogue } from '../parts/catalogue'
import { show } from './show'

const SERIOUS = ['serious', 'critical']

afterEach(() => {
  document.documentElement.style.colorScheme = ''
})

for (const { name, states } of catalogue) {
  for (const state of Object.keys(states)) {
    test(`${name}, ${state}`, async () => {
      const place = show(name, state)
      expect(place.childElementCount).toBeGreaterThan(0)
      for (const theme of ['light', 'dark']) {
        document.documentElement.style.colorScheme = theme
        const { violations } = await axe.run(place, { resultTypes: ['violations'] })
        const bad = violations.filter(({ impact }) => SERIOUS.includes(impact ?? ''))
        expect(
          bad.map(({ id, nodes }) => `${theme}: ${id}: ${nodes.map(({ html }) => html)}`),
          theme,
        ).toEqual([])
      }
    })
  }
}
