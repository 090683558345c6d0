/** Shows one state of one part alone. */

import { render } from 'preact'
import { act } from 'preact/test-utils'
import { onTestFinished } from 'vitest'
import { catalogue } from '../parts/catalogue'

/** Shows a state from the page of parts until the test ends; the element that holds it. */
export function show(name: string, state: string): HTMLElement {
  const Shown = catalogue.find(part => part.name === name)?.states[state]
  if (!Shown) throw new Error(`no part ${name} has the state ${state}`)
  const place = document.createElement('main')
  document.body.append(place)
  act(() => render(<Shown />, place))
  onTestFinished(() => {
    render(null, place)
    place.remove()
  })
  return place
}
