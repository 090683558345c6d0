/** Says that files that were dropped or pasted wait for a profile. */

import { waitingFiles } from '../state/incoming'
import { s } from '../strings'

export function WaitingFiles() {
  const n = waitingFiles.value
  return n > 0 ? <p class="banner">{s.incoming.locked(n)}</p> : null
}
