/** The files of a transfer with the latest progress, each with its own bar. */

import { displayText } from '../format'
import type { TransferProgress } from '../state/transfers'
import { s } from '../strings'
import { Progress } from '../ui/progress'

/** Newest first, about a screen. */
const MAX_FILES = 30

export function TransferFiles({ transfer }: { transfer: TransferProgress }) {
  const files = [...transfer.recentFiles].reverse().slice(0, MAX_FILES)
  if (!files.length) return null
  return (
    <ul class="transfer-files">
      {files.map(([path, { bytes, total }]) => (
        <li key={path}>
          <span class="row">
            <span class="grow truncate" dir="auto">
              {displayText(path)}
            </span>
            <small>{s.transfers.of(bytes, total)}</small>
          </span>
          <Progress label={displayText(path)} done={bytes} total={total} />
        </li>
      ))}
    </ul>
  )
}
