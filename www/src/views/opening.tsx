/** Before the engine answers, and when it cannot. */

import { wordsFor } from '../errors'
import { s } from '../strings'
import { Mark } from '../ui/icon'
import { useHeading } from '../ui/shell'

export function Opening() {
  return (
    <main class="welcome stack" aria-busy="true">
      <div class="brand">
        <Mark />
        {s.app}
      </div>
      <h1 class="unseen">{s.opening.title}</h1>
      <p class="quiet centred late" role="status">
        {s.opening.wait}
      </p>
    </main>
  )
}

export function Failed({ error }: { error: unknown }) {
  const heading = useHeading(s.stopped.title)
  return (
    <main class="welcome stack">
      <div class="brand">
        <Mark />
        {s.app}
      </div>
      <section class="card pad stack" role="alert">
        <h1 ref={heading} tabIndex={-1}>
          {s.stopped.title}
        </h1>
        <p>{wordsFor(error)}</p>
        <div class="actions">
          <button type="button" class="button main" onClick={() => location.reload()}>
            {s.stopped.again}
          </button>
        </div>
      </section>
    </main>
  )
}
