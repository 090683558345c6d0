/** Shows the current notice. The live region always exists, because a new region would not announce its first text. */

import { useEffect } from 'preact/hooks'
import { dismiss, notice, openDialogs } from '../state/notices'
import { s } from '../strings'
import { Icon } from './icon'

/** `within`: in a dialog. */
export function Notices({ within = false }: { within?: boolean }) {
  const now = openDialogs.value > 0 === within ? notice.value : null
  useEffect(() => {
    // On a phone something may lie beneath: a touch makes way to it.
    const onClick = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest('.notice') && !target.closest('button, a')) dismiss()
    }
    addEventListener('click', onClick)
    return () => removeEventListener('click', onClick)
  }, [])
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
          {now.link && (
            <a class="button plain" href={now.link.href} onClick={dismiss}>
              {now.link.text}
            </a>
          )}
          <button type="button" class="icon-button" aria-label={s.common.close} onClick={dismiss}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  )
}
