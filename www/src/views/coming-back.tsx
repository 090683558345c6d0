/** Tries whether the 24 words would bring the reader back, and says from where. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Trial } from '../contract'
import { hostOf, relativeTime } from '../format'
import { api } from '../state/engine'
import { keeping, onKeeping, readKeeping } from '../state/keeping'
import { s } from '../strings'
import { ErrorMessage } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'

export function ComingBack() {
  const failed = useSignal<Trial[]>([])
  const { busy, problem, run } = useAsyncAction()
  useEffect(onKeeping, [])
  const relays = keeping.value?.relays ?? []
  if (!relays.length) return null
  const attempt = () =>
    void run(async () => {
      failed.value = []
      failed.value = (await api().keeping.trial()).filter(({ ok }) => !ok)
      await readKeeping()
    })
  const passed = relays.flatMap(({ relay, passed }) =>
    passed && !failed.value.some(({ place }) => place === relay) ? [s.keeping.checked(hostOf(relay), relativeTime(passed))] : [],
  )
  return (
    <section class="stack" aria-labelledby="coming-back">
      <h3 id="coming-back">{s.keeping.back.title}</h3>
      <p class="quiet">{s.keeping.back.text}</p>
      <div class="stack" aria-live="polite">
        {busy && <p>{s.keeping.back.trying}</p>}
        {passed.length > 0 && <p>{s.keeping.back.from(passed)}</p>}
        {failed.value.map(trial => (
          <p key={trial.place} class="warning">
            {problemOf(trial)}
          </p>
        ))}
      </div>
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button" disabled={busy} onClick={attempt}>
          {s.keeping.back.button}
        </button>
      </div>
    </section>
  )
}

/** What is wrong with a place, and what to do. */
function problemOf({ place, reason, published }: Trial): string {
  const host = hostOf(place)
  if (reason === 'older') return s.keeping.back.older(host, published ? relativeTime(published) : '')
  return s.keeping.back[reason ?? 'unreadable'](host)
}
