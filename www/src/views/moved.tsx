/** The files of a transfer that moved lately, each with its own bar. */

import { shown } from '../say'
import type { Moving } from '../state/transfers'
import { s } from '../strings'
import { Progress } from '../ui/progress'

/** Newest first, a screen of them. */
const DRAWN = 30

export function MovedFiles({ transfer }: { transfer: Moving }) {
  const files = [...transfer.moved].reverse().slice(0, DRAWN)
  if (!files.length) return null
  return (
    <ul class="moved">
      {files.map(([path, { bytes, total }]) => (
        <li key={path}>
          <span class="row">
            <span class="grow cut" dir="auto">
              {shown(path)}
            </span>
            <small>{s.transfers.of(bytes, total)}</small>
          </span>
          <Progress label={shown(path)} done={bytes} total={total} />
        </li>
      ))}
    </ul>
  )
}
