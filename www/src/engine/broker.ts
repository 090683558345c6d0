import { failure } from './error'
import type { Attach, Awake, SaveNews, TakeOver } from './protocol'

/** What a page asks of the service worker beside connections: to serve it too, after a reload that went around it. */
export interface Claim {
  claim: true
}

/** How often it is looked whether the worker is still there: a page without it shows no pictures. */
const WATCH_MS = 5_000

/** The service worker beside the module, as the one that can hand a port from one tab to another. */
export class Broker {
  readonly #folder: URL
  #registration: Promise<ServiceWorkerRegistration> | undefined
  #wasRegistered = false

  constructor(folder: URL) {
    this.#folder = folder
    // The leader needs it only for files, so nobody waits for it here; a tab that attaches sees why it failed.
    this.#registered().catch(() => {})
    navigator.serviceWorker?.addEventListener('message', ({ data, source }: MessageEvent<Partial<SaveNews>>) => {
      if (data.saves && source instanceof ServiceWorker) source.postMessage({ awake: true } satisfies Awake)
    })
    navigator.serviceWorker?.startMessages()
    setInterval(() => void this.#restore().catch(() => {}), WATCH_MS)
  }

  /** Registers the worker again if the person has removed it, with other data of this site, while the page is open. */
  async #restore(): Promise<void> {
    if (!this.#wasRegistered || (await navigator.serviceWorker.getRegistration(this.#folder.href))) return
    this.#registration = undefined
    await this.#registered()
  }

  /** Waits until the worker can be asked; `unsupported` where the browser has none for us. */
  async connect(): Promise<(ask: Attach, port: MessagePort) => void> {
    const registration = await this.#registered()
    return (ask, port) => registration.active?.postMessage(ask, [port])
  }

  #registered(): Promise<ServiceWorkerRegistration> {
    this.#registration ??= this.#register().catch(reason => {
      this.#registration = undefined
      throw failure('unsupported', `this browser runs Spinney in one tab only: ${reason}`)
    })
    return this.#registration
  }

  async #register(): Promise<ServiceWorkerRegistration> {
    if (!navigator.serviceWorker) throw new Error('it has no service workers')
    const registration = await navigator.serviceWorker.register(new URL('sw.js', this.#folder), {
      scope: this.#folder.href,
      updateViaCache: 'none',
    })
    // Not `serviceWorker.ready`: that never comes for a page outside of the scope.
    await activated(registration)
    this.#wasRegistered = true
    registration.waiting?.postMessage({ takeOver: true } satisfies TakeOver)
    if (!navigator.serviceWorker.controller) registration.active?.postMessage({ claim: true } satisfies Claim)
    return registration
  }
}

function activated(registration: ServiceWorkerRegistration): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = registration.active ?? registration.waiting ?? registration.installing
    const check = () => {
      if (registration.active) resolve()
      else if (worker?.state === 'redundant') reject(new Error('its service worker could not be installed'))
    }
    worker?.addEventListener('statechange', check)
    check()
  })
}
