/** What was taken away and can still be put back: it is not shown, whatever the engine says of it before it is told. */

import { signal } from '@preact/signals'

export class HiddenIds {
  readonly #ids = signal<ReadonlySet<string>>(new Set())

  has(id: string): boolean {
    return this.#ids.value.has(id)
  }

  /** Takes these away, until the function that comes back is called. */
  hide(ids: readonly string[]): () => void {
    this.#ids.value = new Set([...this.#ids.value, ...ids])
    return () => {
      this.#ids.value = new Set([...this.#ids.value].filter(each => !ids.includes(each)))
    }
  }
}
