/** A blue dot for what was not looked at yet. */

import { s } from '../strings'

export const NewMark = () => (
  <span class="new-mark">
    <i class="dot" />
    <span class="visually-hidden">{s.home.isNew}</span>
  </span>
)
