/** Asks what to do with files that may still tell where they were taken. */

import { displayText } from '../format'
import { s } from '../strings'

/** Names listed before "and more". */
const MAX_NAMES = 20

interface Props {
  paths: readonly string[]
  /** Shares the other files. Absent if there are none. */
  onLeaveOut: (() => void) | undefined
  onShareAsTheyAre: () => void
}

export function LocationQuestion({ paths, onLeaveOut, onShareAsTheyAre }: Props) {
  const rest = paths.length - MAX_NAMES
  return (
    <section class="banner column" role="alert">
      <b>{s.compose.locationStays(paths.length)}</b>
      <ul class="names">
        {paths.slice(0, MAX_NAMES).map(path => (
          <li key={path} dir="auto">
            {displayText(path)}
          </li>
        ))}
        {rest > 0 && <li>{s.compose.more(rest)}</li>}
      </ul>
      <p>{s.compose.locationStaysText}</p>
      <div class="actions">
        {onLeaveOut && (
          <button type="button" class="button main" onClick={onLeaveOut}>
            {s.compose.locationLeaveOut}
          </button>
        )}
        <button type="button" class="button" onClick={onShareAsTheyAre}>
          {s.compose.locationAsTheyAre}
        </button>
      </div>
    </section>
  )
}
