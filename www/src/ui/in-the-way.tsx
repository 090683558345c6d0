/** A problem with some of the chosen files, and a button that leaves these files out, so that the others need not wait. */

import { s } from '../strings'
import { ErrorMessage } from './field'

interface Props {
  problem: string
  paths: readonly string[]
  onLeaveOut: (paths: readonly string[]) => void
}

export function InTheWay({ problem, paths, onLeaveOut }: Props) {
  return (
    <div class="stack tight">
      <ErrorMessage text={problem} />
      {paths.length > 0 && (
        <div class="actions">
          <button type="button" class="button" onClick={() => onLeaveOut(paths)}>
            {s.compose.leaveOut(paths.length)}
          </button>
        </div>
      )}
    </div>
  )
}
