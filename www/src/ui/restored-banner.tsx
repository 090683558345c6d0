/** Says how old a profile is that the words brought back, and which relays may know something newer. */

import { fullDateTime, hostOf } from '../format'
import { confirmRestored, me } from '../state/session'
import { s } from '../strings'
import { ErrorMessage } from './field'
import { Icon } from './icon'
import { useAsyncAction } from './use-async-action'

export function RestoredBanner() {
  const { busy, problem, run } = useAsyncAction()
  const restored = me.value?.restored
  if (!restored) return null
  const silent = restored.silent.map(hostOf)
  return (
    <section class="banner" role="status">
      <Icon name={silent.length ? 'warning' : 'check'} />
      <p class="grow">
        <b>{s.restored.found(fullDateTime(restored.published))}</b> {silent.length ? s.restored.silent(silent) : s.restored.whole}
      </p>
      <button type="button" class="button" disabled={busy} onClick={() => void run(confirmRestored)}>
        {silent.length ? s.restored.goOn : s.restored.seen}
      </button>
      {problem && <ErrorMessage text={problem} />}
    </section>
  )
}
