import type { SpinneyEvent } from '../contract'

/** A reader is slow once so many events wait for it; from there on only the newest of each subject is kept. */
const SLOW = 64
/** With so many subjects waiting, listing again is cheaper than reading them. */
const MOST_WAITING = 1_000

/** The events of one reader, in order. */
export class Feed implements AsyncIterableIterator<SpinneyEvent> {
  #waiting: SpinneyEvent[] = []
  #compactAt = SLOW
  #wake: (() => void) | undefined
  #ended = false
  readonly #onEnd: (feed: Feed) => void

  constructor(onEnd: (feed: Feed) => void) {
    this.#onEnd = onEnd
  }

  push(event: SpinneyEvent): void {
    this.#waiting.push(event)
    if (this.#waiting.length > this.#compactAt) this.#compact()
    this.#wake?.()
  }

  /** What already waits is still read. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<SpinneyEvent>> {
    while (true) {
      const value = this.#waiting.shift()
      if (value) return { value, done: false }
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

  #compact(): void {
    const newest = newestOfEach(this.#waiting)
    this.#waiting = newest.length > MOST_WAITING ? [{ type: 'resync' }] : newest
    this.#compactAt = Math.min(MOST_WAITING, Math.max(SLOW, 2 * this.#waiting.length))
  }
}

/** The last event of each subject, in the order in which these came. */
export function newestOfEach(events: readonly SpinneyEvent[]): SpinneyEvent[] {
  const last = new Map(events.map((event, index) => [subject(event), index]))
  return events.filter((event, index) => last.get(subject(event)) === index)
}

function subject(event: SpinneyEvent): string {
  switch (event.type) {
    case 'transfer':
    case 'transfer-added':
    case 'transfer-removed':
      return `${event.type} ${event.id}`
    case 'share':
      return `share ${event.share.id}`
    case 'contact':
      return `contact ${event.contact.id}`
    case 'contact-removed':
      return `contact ${event.id}`
    case 'delivery':
      return `delivery ${event.share} ${event.contact}`
    default:
      return event.type
  }
}
