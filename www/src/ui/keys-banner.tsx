/** Says what follows from one's own changed keys. */

import { displayText } from '../format'
import { people } from '../state/contacts'
import { confirmKeys, me } from '../state/session'
import { s } from '../strings'
import { ErrorMessage } from './field'
import { Icon } from './icon'
import { useAsyncAction } from './use-async-action'

/** In the browser that changed them, and in those that have the old ones. */
export function OwnKeysBanner() {
  const { busy, problem, run } = useAsyncAction()
  const who = me.value
  if (who?.oldKeys) {
    return (
      <section class="banner bad" role="alert">
        <Icon name="warning" />
        <p class="grow">
          <b>{s.keys.old}</b> {s.keys.oldWhy}
        </p>
      </section>
    )
  }
  if (!who?.changedKeys) return null
  const { links } = who.changedKeys
  const waiting = people.value.filter(({ state }) => state === 'requested' || state === 'resolving').length
  return (
    <section class="banner" role="status">
      <Icon name="warning" />
      <p class="grow">
        <b>{s.keys.changed}</b> {s.keys.waiting(waiting)} {links.length > 0 && s.keys.linksAnew(links.map(displayText))}{' '}
        {s.keys.linkDevices}
      </p>
      <button type="button" class="button" disabled={busy} onClick={() => void run(confirmKeys)}>
        {s.keys.seen}
      </button>
      {problem && <ErrorMessage text={problem} />}
    </section>
  )
}
