/** Offers to load the page again if there is a newer build of it. */

import { useSignal } from '@preact/signals'
import { engine } from '../state/engine'
import { handOver, hasUnsent, newVersion } from '../state/new-version'
import { s } from '../strings'
import { Icon } from './icon'

export function NewVersion() {
  const unkept = useSignal(false)
  const isReplaced = engine.value.state === 'replaced'
  if (!isReplaced && !newVersion.value) return null
  const reload = async () => {
    if (unkept.value || (await handOver())) location.reload()
    else unkept.value = true
  }
  return (
    <section class="banner new-version" role="status">
      <Icon name="warning" />
      <p class="grow">
        {isReplaced ? s.version.needed : s.version.ready} {unkept.value ? s.version.unkept : hasUnsent() ? s.version.kept : ''}
      </p>
      <button type="button" class="button" onClick={() => void reload()}>
        {unkept.value ? s.version.anyway : s.version.reload}
      </button>
    </section>
  )
}
