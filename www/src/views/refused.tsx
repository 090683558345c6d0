/** Where the page is served from an origin that it would share with strangers. */

import { s } from '../strings'
import { Mark } from '../ui/icon'
import { useHeading } from '../ui/shell'

export function Refused() {
  const heading = useHeading(s.refused.title)
  return (
    <main class="welcome stack">
      <div class="brand">
        <Mark />
        {s.app}
      </div>
      <section class="card pad stack" role="alert">
        <h1 ref={heading} tabIndex={-1}>
          {s.refused.title}
        </h1>
        <p>{s.refused.reason}</p>
        <p>{s.refused.advice}</p>
        <p>
          <small>{s.refused.where}</small>
          <br />
          <code class="breaks">{location.href}</code>
        </p>
      </section>
    </main>
  )
}
