// What the tabs of one namespace tell each other without an engine in between.

export type Word =
  /** From the tab that leads now: the engine of this name is there, every other is gone. */
  | { leads: string }
  /** From the tab that leads: the engine of this name broke. */
  | { stopped: string }
  /** From a page of this build to those of any other: give way, for good. */
  | { giveWayTo: string }

/** Name of the Web Lock that the leader holds, and of the channel on which the tabs speak. */
export const lockName = (namespace: string) => `spinney:${namespace}`

/** The channel between the tabs (and the service worker, while it serves). */
export class Tabs {
  readonly #channel: BroadcastChannel
  readonly #listeners = new Set<(word: Word) => void>()

  constructor(namespace: string) {
    this.#channel = new BroadcastChannel(lockName(namespace))
    this.#channel.onmessage = ({ data }: MessageEvent<Word>) => {
      for (const listener of [...this.#listeners]) listener(data)
    }
  }

  say(word: Word): void {
    this.#channel.postMessage(word)
  }

  /** Hears every word of other tabs, until the function that comes back is called. */
  listen(listener: (word: Word) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#channel.close()
  }
}
