/** Says that files that were dropped or pasted wait for a profile. */

import { waitingFiles } from '../state/incoming'
import { s } from '../strings'

export function WaitingFiles() {
  const n = waitingFiles.value
  return n === undefined ? null : (
    <p class="banner" role="status">
      {s.incoming.locked(n)}
    </p>
  )
}
