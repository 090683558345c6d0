/** The screens before the engine is ready, if it cannot start, and if the page has a shared origin. */

import { wordsFor } from '../errors'
import { s } from '../strings'
import { StandaloneAlert, StandaloneLayout } from '../ui/standalone-layout'

export function Loading() {
  return (
    <StandaloneLayout loading>
      <h1 class="visually-hidden">{s.startup.title}</h1>
      <p class="quiet centred delayed" role="status">
        {s.startup.wait}
      </p>
    </StandaloneLayout>
  )
}

export function StartupError({ error }: { error: unknown }) {
  return (
    <StandaloneAlert title={s.stopped.title}>
      <p>{wordsFor(error)}</p>
      <div class="actions">
        <button type="button" class="button main" onClick={() => location.reload()}>
          {s.stopped.again}
        </button>
      </div>
    </StandaloneAlert>
  )
}

/** Another page shows this one in a frame. */
export function FramedError() {
  return (
    <StandaloneAlert title={s.framed.title}>
      <p>{s.framed.reason}</p>
      <div class="actions">
        <a class="button main" href={location.pathname} target="_blank" rel="noreferrer">
          {s.framed.open}
        </a>
      </div>
    </StandaloneAlert>
  )
}

/** The page shares its origin with other sites of a gateway. */
export function SharedOriginError() {
  return (
    <StandaloneAlert title={s.sharedOrigin.title}>
      <p>{s.sharedOrigin.reason}</p>
      <p>{s.sharedOrigin.advice}</p>
      <p>
        <small>{s.sharedOrigin.where}</small>
        <br />
        <code class="break-anywhere">{location.href}</code>
      </p>
    </StandaloneAlert>
  )
}
