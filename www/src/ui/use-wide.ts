/** Whether there is room for a panel beside the content. */

import { signal } from '@preact/signals'

const query = matchMedia('(min-width: 1101px)')

export const isWide = signal(query.matches)

query.addEventListener('change', ({ matches }) => (isWide.value = matches))
