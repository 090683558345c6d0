import type { SpinneyEvent } from '../contract'
import { attach, SILENCE_MS } from './attach'
import { Broker } from './broker'
import { Client, readable } from './client'
import { asSpinneyError, cancelled, closed, moved, renewed, replaced, type SpinneyError, stopped } from './error'
import { Feed } from './feed'
import { Heir, Leader } from './leader'
import { type Held, hold } from './lock'
import { type Ask, steady } from './steady'
import { lockName, Tabs } from './tabs'

/** A panicked worker is started so many times more by one leader: a second panic has the same cause as the first. */
const RESTARTS = 1

/** What an engine is opened with. */
export interface Setting {
  namespace: string
  relays: readonly string[]
  /** URLs of STUN servers. */
  stun: readonly string[]
  /** The folder of the built files. */
  folder: URL
}

/** A connection to the engine, by leading it or through the tab that does. */
interface Seat {
  readonly state: 'leader' | 'attached'
  readonly port: MessagePort
  /** Resolves, with the reason that its calls get, when this connection is worth nothing any more. */
  readonly lost: Promise<SpinneyError>
  /** Resolves when the engine is to be replaced by this tab, because a profile was locked. */
  readonly locked?: Promise<void>
  /** Says that the engine did not answer. */
  silent(): void
  /** Lets go of everything at once: called from `pagehide`, after which nothing runs. */
  leave(): void
}

/** The engine as one tab sees it: this tab leads it or attaches to the leader, and finds it again whenever it moves. */
export class Engine {
  leader = false
  readonly #setting: Setting
  readonly #lock: string
  readonly #broker: Broker
  /** Every open feed, with what ends its queue in the engine that this tab is connected to. */
  readonly #feeds = new Map<Feed, (() => void) | undefined>()
  /** Speaks to the engine while there is one. */
  #current: Client | undefined
  /** The time between `pageshow` and `pagehide`. */
  #presence = new AbortController()
  #connected = Promise.withResolvers<Client>()
  #held: Held | undefined
  /** Takes over if this tab leads next. */
  #heir: Heir | undefined
  #breakdowns = 0
  #probe: (() => void) | undefined
  #over: SpinneyError | undefined
  /** Settles when the worker is replaced whose profile this tab has locked. Calls wait for the next one. */
  #locking: Promise<unknown> | undefined
  readonly #window = new AbortController()

  constructor(setting: Setting) {
    this.#setting = setting
    this.#lock = lockName(setting.namespace)
    this.#broker = new Broker(setting.folder)
    const { signal } = this.#window
    window.addEventListener('pagehide', () => this.#leave(moved()), { signal })
    window.addEventListener('pageshow', event => event.persisted && this.#enter(), { signal })
    window.addEventListener('online', () => this.#probe?.(), { signal })
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#probe?.(), { signal })
    this.#enter()
  }

  /** Resolves once there is an engine to ask; rejects where there cannot be one. */
  async ready(): Promise<void> {
    await this.#connected.promise
  }

  async call(method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    const client = await this.#client(signal)
    return client.call(method, args, signal)
  }

  /** Locks the profile, and resolves when the next worker is there, which knows no secret. */
  async lock(): Promise<void> {
    const client = await this.#client(undefined)
    const patience = new Promise(resolve => setTimeout(resolve, SILENCE_MS))
    const replaced = client.call('profiles.lock', []).then(() => Promise.race([client.over, patience]))
    this.#locking = replaced.catch(() => {})
    try {
      await replaced
    } finally {
      this.#locking = undefined
    }
    await this.ready()
  }

  stream(method: string, args: readonly unknown[], signal?: AbortSignal): ReadableStream<Uint8Array> {
    return readable(() => this.#client(signal), method, args, signal)
  }

  /** A stream that goes on when the engine moves, and ends with all bytes or an error. */
  steady(ask: Ask, signal?: AbortSignal): ReadableStream<Uint8Array> {
    return steady(() => this.#client(signal), ask, signal)
  }

  events(): Feed {
    const feed = new Feed(feed => {
      this.#feeds.get(feed)?.()
      this.#feeds.delete(feed)
    })
    if (this.#over) feed.end()
    else this.#feeds.set(feed, this.#current?.subscribe(feed))
    return feed
  }

  /** Detaches this tab for good. */
  close(): void {
    this.#end(closed())
    this.#endFeeds()
  }

  /** The connection, as soon as there is one. */
  async #client(signal: AbortSignal | undefined): Promise<Client> {
    const { promise, reject } = Promise.withResolvers<never>()
    const abort = () => reject(cancelled())
    if (signal?.aborted) throw cancelled()
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([this.#next(), promise])
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  async #next(): Promise<Client> {
    await this.#locking
    return this.#connected.promise
  }

  #enter(): void {
    if (this.#over) return
    this.#presence = new AbortController()
    this.#live(this.#presence.signal).catch(error => this.#end(asSpinneyError(error)))
  }

  #leave(why: SpinneyError): void {
    this.#presence.abort(why)
    this.#held?.release()
    this.#held = undefined
  }

  /** `isReplaced`: a page of another build runs the engine now, and this one cannot go on. */
  #end(why: SpinneyError, isReplaced = false): void {
    if (this.#over) return
    this.#over = why
    this.#leave(why)
    this.#window.abort()
    if (isReplaced) this.#publish([{ type: 'engine', state: 'replaced' }])
    else this.#endFeeds()
    this.#connected.promise.catch(() => {}) // each caller gets it; there may be none
    this.#connected.reject(why)
  }

  #endFeeds(): void {
    for (const feed of this.#feeds.keys()) feed.end()
    this.#feeds.clear()
  }

  /** Finds the engine, serves this tab with it, and begins anew when it is lost, until `presence` ends. */
  async #live(presence: AbortSignal): Promise<void> {
    const tabs = new Tabs(this.#setting.namespace)
    tabs.listen(word => {
      if ('giveWayTo' in word && word.giveWayTo !== __BUILD__) this.#end(replaced(), true)
    })
    presence.addEventListener('abort', () => {
      tabs.close()
      this.#replaceHeir(undefined)
    })
    while (!presence.aborted) {
      const seat = await this.#sit(tabs, presence)
      if (!seat) return
      const why = await this.#serve(seat, presence)
      if (why.code === 'engine-stopped' && seat.state === 'leader' && ++this.#breakdowns > RESTARTS) throw why
    }
  }

  /** Serves this tab from one seat until it is lost; resolves to the reason. */
  async #serve(seat: Seat, presence: AbortSignal): Promise<SpinneyError> {
    const client = new Client(seat.port)
    this.#current = client
    for (const feed of this.#feeds.keys()) this.#feeds.set(feed, client.subscribe(feed))
    this.leader = seat.state === 'leader'
    this.#probe = () => probe(client).catch(seat.silent)
    this.#publish([{ type: 'engine', state: seat.state }, { type: 'resync' }])
    this.#connected.resolve(client)

    return new Promise(resolve => {
      const leave = (why: SpinneyError, isRenewed = false) => {
        if (this.#current !== client) return // another reason came first
        presence.removeEventListener('abort', onAbort)
        this.leader = false
        this.#probe = undefined
        this.#current = undefined
        if (!this.#over) this.#connected = Promise.withResolvers()
        client.end(why)
        seat.leave()
        // The tab that locked the profile is not told that another tab leads: this one still does, with the next worker.
        if (!isRenewed) this.#publish([{ type: 'engine', state: why.code === 'engine-stopped' ? 'stopped' : 'moved' }])
        resolve(why)
      }
      const onAbort = () => leave(presence.reason)
      presence.addEventListener('abort', onAbort)
      seat.lost.then(why => presence.aborted || leave(why))
      seat.locked?.then(async () => {
        // Once the engine has answered this, what it answered before has arrived too.
        await probe(client).catch(() => {})
        if (!presence.aborted) leave(renewed(), true)
      })
    })
  }

  /** Leads if nobody does, else attaches; undefined if `presence` ends meanwhile. */
  async #sit(tabs: Tabs, presence: AbortSignal): Promise<Seat | undefined> {
    this.#held ??= await hold(this.#lock, { ifAvailable: true })
    while (!this.#held && !presence.aborted) {
      const ask = await this.#broker.connect()
      let overtaken = false
      const deaf = tabs.listen(word => {
        overtaken ||= 'leads' in word
      })
      const answer = await attach(this.#setting.namespace, ask)
      deaf()
      if (answer.kind === 'attached') {
        if (!presence.aborted) return this.#follow(answer, tabs)
        answer.port.close()
      } else if (answer.kind === 'silent') {
        // A tab that began to lead since then is not the silent one: ask it, and do not steal its lock.
        if (!overtaken) this.#held = await hold(this.#lock, { steal: true })
      } else {
        if (answer.kind === 'other-build') tabs.say({ giveWayTo: __BUILD__ })
        this.#held = await this.#await(tabs, presence)
      }
    }
    if (this.#held && !presence.aborted) return this.#lead(this.#held, tabs, presence)
    this.#held?.release()
    this.#held = undefined
    return undefined
  }

  /** Waits for the lock, which is about to be free, and steals it if it is not; undefined if another tab got it. */
  async #await(tabs: Tabs, presence: AbortSignal): Promise<Held | undefined> {
    const patience = new AbortController()
    let overtaken = false
    const deaf = tabs.listen(word => {
      if (!('leads' in word)) return
      overtaken = true
      patience.abort()
    })
    const timer = setTimeout(() => patience.abort(), SILENCE_MS)
    const held = await hold(this.#lock, { signal: AbortSignal.any([presence, patience.signal]) })
    clearTimeout(timer)
    deaf()
    if (held || overtaken || presence.aborted) return held
    return hold(this.#lock, { steal: true })
  }

  async #lead(held: Held, tabs: Tabs, presence: AbortSignal): Promise<Seat | undefined> {
    const leader = new Leader(this.#setting, this.#heir)
    this.#heir = undefined
    const stop = () => leader.stop()
    presence.addEventListener('abort', stop)
    tabs.say({ leads: leader.engine })
    await Promise.race([leader.opened, held.over])
    if (presence.aborted) return undefined
    const stolen = held.over.then(() => {
      this.#held = undefined
      return moved()
    })
    const broken = leader.broken.then(why => {
      if (!presence.aborted) tabs.say({ stopped: leader.engine })
      return why
    })
    return {
      state: 'leader',
      port: leader.connect(),
      lost: Promise.race([stolen, broken]),
      locked: leader.locked,
      silent: () => {}, // it is this tab's own: `broken` says so
      leave: () => {
        presence.removeEventListener('abort', stop)
        leader.stop()
      },
    }
  }

  #follow(leader: { port: MessagePort; engine: string }, tabs: Tabs): Seat {
    const { promise: lost, resolve: lose } = Promise.withResolvers<SpinneyError>()
    const queue = new AbortController()
    this.#replaceHeir(new Heir(leader.port))
    const deaf = tabs.listen(word => {
      if ('leads' in word && word.leads !== leader.engine) lose(moved())
      if ('stopped' in word && word.stopped === leader.engine) lose(stopped())
    })
    leader.port.addEventListener('close', () => lose(moved()))
    // The tab that waits longest leads next.
    hold(this.#lock, { signal: queue.signal }).then(held => {
      if (queue.signal.aborted) held?.release()
      else if (held) {
        this.#held = held
        lose(moved())
      }
    })
    return {
      state: 'attached',
      port: leader.port,
      lost,
      silent: () => lose(moved()),
      leave: () => {
        deaf()
        queue.abort()
      },
    }
  }

  #replaceHeir(next: Heir | undefined): void {
    this.#heir?.worker.terminate()
    this.#heir = next
  }

  #publish(events: readonly SpinneyEvent[]): void {
    for (const feed of this.#feeds.keys()) feed.push(events)
  }
}

/** Has the engine try its connections, since the machine may have slept or changed its network; rejects if it is silent. */
async function probe(client: Client): Promise<void> {
  await client.call('network.probe', [], AbortSignal.timeout(SILENCE_MS))
}
