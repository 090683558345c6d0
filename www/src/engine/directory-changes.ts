// Hears from the system what changes in a directory, where the browser can: Chromium, since 2025. Elsewhere the engine looks
// every minute.

/** TypeScript does not know it, since one engine has it. */
interface Observer {
  observe(handle: FileSystemDirectoryHandle, options: { recursive: boolean }): Promise<void>
  disconnect(): void
}
type ObserverConstructor = new (changed: () => void) => Observer

/** Programs write a file in several steps. */
const SETTLED_MS = 300

/** Watches directories, by their ids, and tells which of them changed. */
export class DirectoryChanges {
  readonly #changed: (id: string) => void
  readonly #watched = new Map<string, Observer>()

  constructor(changed: (id: string) => void) {
    this.#changed = changed
  }

  /** Watches a directory from now on. Nothing happens if it is watched already, or cannot be. */
  watch(id: string, handle: FileSystemDirectoryHandle): void {
    const Watcher = (self as { FileSystemObserver?: ObserverConstructor }).FileSystemObserver
    if (!Watcher || this.#watched.has(id)) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const observer = new Watcher(() => {
      clearTimeout(timer)
      timer = setTimeout(() => this.#changed(id), SETTLED_MS)
    })
    this.#watched.set(id, observer)
    // Some disks cannot be watched, and one without permission may be later.
    observer.observe(handle, { recursive: true }).catch(() => this.forget(id))
  }

  forget(id: string): void {
    this.#watched.get(id)?.disconnect()
    this.#watched.delete(id)
  }
}
