/** The screens before the engine is ready, if it cannot start, and if the page has a shared origin. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { codeOf, wordsFor } from '../errors'
import { ENGINE_LOCK } from '../state/engine'
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
  // On an address that is not secure much is missing, and storage is not why.
  const blocked = useSignal(isSecureContext && !navigator.cookieEnabled)
  const elsewhere = useSignal(false)
  useEffect(() => {
    if (!isSecureContext) return
    void isStorageBlocked().then(is => (blocked.value ||= is))
    void runsElsewhere().then(runs => (elsewhere.value = runs))
  }, [])
  const words = () => {
    if (blocked.value) return s.stopped.blocked
    if (codeOf(error) === 'engine-stopped') return s.stopped.broken
    if (codeOf(error) !== 'unsupported') return wordsFor(error)
    return elsewhere.value ? s.stopped.oneTab : s.unexpected(error instanceof Error ? error.message : '')
  }
  return (
    <StandaloneAlert title={s.stopped.title}>
      <p>{words()}</p>
      <div class="actions">
        <button type="button" class="button main" onClick={() => location.reload()}>
          {s.stopped.again}
        </button>
      </div>
    </StandaloneAlert>
  )
}

/** Whether another tab runs the engine, so that this one needs the service worker to get to it. */
async function runsElsewhere(): Promise<boolean> {
  const { held } = await navigator.locks.query()
  return held?.some(({ name }) => name === ENGINE_LOCK) ?? false
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
