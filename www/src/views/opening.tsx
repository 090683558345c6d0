/** Before the engine answers, when it cannot, and where it must not. */

import { wordsFor } from '../errors'
import { s } from '../strings'
import { Alone, Halted } from '../ui/alone'

export function Opening() {
  return (
    <Alone waits>
      <h1 class="unseen">{s.opening.title}</h1>
      <p class="quiet centred late" role="status">
        {s.opening.wait}
      </p>
    </Alone>
  )
}

export function Failed({ error }: { error: unknown }) {
  return (
    <Halted title={s.stopped.title}>
      <p>{wordsFor(error)}</p>
      <div class="actions">
        <button type="button" class="button main" onClick={() => location.reload()}>
          {s.stopped.again}
        </button>
      </div>
    </Halted>
  )
}

/** Where the page is served from an origin that it would share with strangers. */
export function Refused() {
  return (
    <Halted title={s.refused.title}>
      <p>{s.refused.reason}</p>
      <p>{s.refused.advice}</p>
      <p>
        <small>{s.refused.where}</small>
        <br />
        <code class="breaks">{location.href}</code>
      </p>
    </Halted>
  )
}
