import { asSpinneyError, received, type SpinneyError, stopped } from './error'
import type { Setting } from './engine'
import { RtcHost } from '../rtc-host'
import type { Attach, FromWorker, Greeting, Request, ToWorker, WhoLeads } from './protocol'

const startWorker = () => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'spinney' })

/** A worker that waits to run the engine, and can open the profile that is open in the present one. */
export class Heir {
  readonly worker = startWorker()

  /** Becomes the heir of the engine to which this port leads. */
  constructor(engine: MessagePort) {
    const { port1, port2 } = new MessageChannel()
    engine.postMessage({ heir: true } satisfies Request, [port1])
    this.worker.postMessage({ inherit: true } satisfies ToWorker, [port2])
  }
}

/** The engine's worker, as the window that leads owns it. */
export class Leader {
  /** Names this engine among all that ran here, so that a tab knows whether it is still the same. */
  readonly engine: string = crypto.randomUUID()
  /** Resolves once the engine is open, rejects where it cannot be opened. */
  readonly opened: Promise<void>
  /** Resolves when the engine panics. */
  readonly broken: Promise<SpinneyError>
  /** Resolves when a profile was locked: this worker is to be replaced, since its memory may hold secrets. */
  readonly locked: Promise<void>
  readonly #worker: Worker
  readonly #namespace: string
  readonly #broker: string
  /** Connects the engine to others directly, where the browser can. */
  readonly #rtc: RtcHost | undefined
  readonly #onBroker = (event: MessageEvent<Attach | WhoLeads>) => this.#isOurs(event) && this.#answer(event)

  /** Opens the engine in the worker of the heir, if there is one. */
  constructor({ namespace, relays, stun, folder }: Setting, heir: Heir | undefined) {
    this.#worker = heir?.worker ?? startWorker()
    this.#namespace = namespace
    this.#broker = new URL('sw.js', folder).href
    const { promise: broken, resolve: breakdown } = Promise.withResolvers<SpinneyError>()
    const { promise: opened, resolve: open, reject: fail } = Promise.withResolvers<void>()
    const { promise: locked, resolve: lock } = Promise.withResolvers<void>()
    this.broken = broken
    this.locked = locked
    this.opened = opened
    opened.catch(() => {}) // its waiters see the error; there may be none
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('opened' in data) open()
      else if ('failed' in data) fail(received(data.failed))
      else if ('locked' in data) lock()
      else breakdown(stopped())
    }
    this.#worker.onerror = event => {
      fail(asSpinneyError(new Error(event.message || 'the worker could not be loaded')))
      breakdown(stopped())
    }
    const { port1, port2 } = new MessageChannel()
    this.#rtc = 'RTCPeerConnection' in window ? new RtcHost(port1, stun) : undefined
    this.#tell({ open: { namespace, relays, version: __BUILD__ } }, this.#rtc && port2)
    navigator.serviceWorker?.addEventListener('message', this.#onBroker)
    navigator.serviceWorker?.startMessages()
  }

  /** A port of this window's own. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.#tell({ attach: true }, port2)
    return port1
  }

  /** Ends the worker at once: what it has acknowledged is stored, the rest is lost with its keys. */
  stop(): void {
    navigator.serviceWorker?.removeEventListener('message', this.#onBroker)
    this.#worker.terminate()
    this.#rtc?.stop()
  }

  /** Whether our own service worker sent this. Another one of the origin can write to every window. */
  #isOurs({ source }: MessageEvent): boolean {
    return source instanceof ServiceWorker && source.scriptURL === this.#broker
  }

  /** Answers the service worker, whose messages are the only ones that a window gets this way. */
  #answer({ data, ports: [port] }: MessageEvent<Attach | WhoLeads>): void {
    const namespace = 'whoLeads' in data ? data.whoLeads : data.attach
    if (!port || namespace !== this.#namespace) return
    if ('whoLeads' in data) {
      port.postMessage(true)
    } else if (data.build !== __BUILD__) {
      port.postMessage({ build: __BUILD__ } satisfies Greeting)
    } else {
      port.postMessage({ engine: this.engine } satisfies Greeting)
      this.#tell({ attach: true }, port)
    }
  }

  #tell(message: ToWorker, port?: MessagePort): void {
    this.#worker.postMessage(message, port ? [port] : [])
  }
}
