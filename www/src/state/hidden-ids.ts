/** Ids of things that are removed but can still be restored. They stay hidden although the engine still lists them. */

import { signal } from '@preact/signals'

export class HiddenIds {
  readonly #ids = signal<ReadonlySet<string>>(new Set())

  has(id: string): boolean {
    return this.#ids.value.has(id)
  }

  /** Hides these ids until the returned function is called. */
  hide(ids: readonly string[]): () => void {
    this.#ids.value = new Set([...this.#ids.value, ...ids])
    return () => {
      const shown = new Set(ids)
      this.#ids.value = new Set([...this.#ids.value].filter(each => !shown.has(each)))
    }
  }
}
