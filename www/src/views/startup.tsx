/** The screens before the engine is ready, if it cannot start, and if the page has a shared origin. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
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
  const blocked = useSignal(!navigator.cookieEnabled)
  useEffect(() => void isStorageBlocked().then(is => (blocked.value ||= is)), [])
  return (
    <StandaloneAlert title={s.stopped.title}>
      <p>{blocked.value ? s.stopped.blocked : wordsFor(error)}</p>
      <div class="actions">
        <button type="button" class="button main" onClick={() => location.reload()}>
          {s.stopped.again}
        </button>
      </div>
    </StandaloneAlert>
  )
}

/** Whether this browser keeps nothing for the page: its settings block cookies, and all other storage with them. */
function isStorageBlocked(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  try {
    const name = `probe-${crypto.randomUUID()}`
    const request = indexedDB.open(name)
    request.onerror = () => resolve(true)
    request.onsuccess = () => {
      request.result.close()
      indexedDB.deleteDatabase(name)
      resolve(false)
    }
  } catch {
    resolve(true)
  }
  return promise
}

/** The data of this site was deleted while the page was open. */
export function Cleared() {
  return (
    <StandaloneAlert title={s.cleared.title}>
      <p>{s.cleared.text}</p>
      <p>{s.cleared.words}</p>
      <div class="actions">
        <button type="button" class="button main" onClick={() => location.reload()}>
          {s.cleared.again}
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
