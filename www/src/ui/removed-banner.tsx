/** Says that another device of the person has removed this one. */

import { me } from '../state/session'
import { s } from '../strings'
import { Icon } from './icon'

export function RemovedBanner() {
  if (!me.value?.removed) return null
  return (
    <section class="banner bad" role="alert">
      <Icon name="warning" />
      <p class="grow">
        <b>{s.devices.removedHere}</b> {s.devices.removedHereText}
      </p>
    </section>
  )
}
