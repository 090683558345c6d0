/** Shows the current notice. The live region always exists, because a new region would not announce its first text. */

import { dismiss, notice } from '../state/notices'
import { s } from '../strings'
import { Icon } from './icon'

export function Notices() {
  const now = notice.value
  return (
    <div class="notices" role="status" aria-live="polite">
      {now && (
        <div class="notice" data-tone={now.tone}>
          <p class="grow">{now.text}</p>
          {now.undo && (
            <button type="button" class="button plain" onClick={now.undo}>
              {s.common.undo}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={s.common.close} onClick={dismiss}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  )
}
