import type { SpinneyEvent } from '../contract'

/** An event that waits for the reader, and what to call when the reader has taken it. */
interface Waiting {
  event: SpinneyEvent
  taken?: (() => void) | undefined
}

/**
 * The events of one reader, in order. It neither merges nor drops an event.
 *
 * It needs no bound of its own: the engine keeps a queue for each reader, merges there, and sends the next batch only
 * when the reader has taken the one before.
 */
export class Feed implements AsyncIterableIterator<SpinneyEvent> {
  #waiting: Waiting[] = []
  #wake: (() => void) | undefined
  #ended = false
  readonly #onEnd: (feed: Feed) => void

  constructor(onEnd: (feed: Feed) => void) {
    this.#onEnd = onEnd
  }

  /** Adds a batch; `taken` is called when the reader has taken the last event of it. */
  push(events: readonly SpinneyEvent[], taken?: () => void): void {
    if (this.#ended) return
    events.forEach((event, index) => {
      this.#waiting.push(index === events.length - 1 ? { event, taken } : { event })
    })
    this.#wake?.()
  }

  /** What already waits is still read. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<SpinneyEvent>> {
    while (true) {
      const first = this.#waiting.shift()
      if (first) {
        first.taken?.()
        return { value: first.event, done: false }
      }
      if (this.#ended) return { value: undefined, done: true }
      await new Promise<void>(resolve => {
        const before = this.#wake
        this.#wake = () => {
          before?.()
          resolve()
        }
      })
      this.#wake = undefined
    }
  }

  async return(): Promise<IteratorResult<SpinneyEvent>> {
    this.#waiting = []
    this.end()
    this.#onEnd(this)
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
