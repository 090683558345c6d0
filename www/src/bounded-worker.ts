/** Work on files that may be broken or hostile: one at a time, in a worker that is ended when it takes too long. */

/** What such a worker answers; null: nothing can be made of the file. */
export type Answer = Blob | null

/** The memory of a decoder never gets smaller while it lives, and the next picture often comes at once. In milliseconds. */
const LINGER_MS = 3_000

export class BoundedWorker<Job> {
  readonly #start: () => Worker
  readonly #patience: number
  #worker: Worker | undefined
  #waiting = 0
  #idle: ReturnType<typeof setTimeout> | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** Each job has `patience` milliseconds. */
  constructor(start: () => Worker, patience: number) {
    this.#start = start
    this.#patience = patience
  }

  /** Null if it fails in any way; rejects only if `signal` is aborted. */
  ask(job: Job, signal?: AbortSignal): Promise<Answer> {
    this.#waiting += 1
    clearTimeout(this.#idle)
    const mine = this.#last.then(async () => {
      try {
        signal?.throwIfAborted()
        return await this.#run(job, signal)
      } finally {
        this.#waiting -= 1
        if (this.#waiting === 0) this.#idle = setTimeout(() => this.#end(), LINGER_MS)
      }
    })
    this.#last = mine.catch(() => {})
    return mine
  }

  #run(job: Job, signal: AbortSignal | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#worker ??= this.#start()
      const worker = this.#worker
      const settle = (act: () => void, isOver: boolean) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
        if (isOver) this.#end()
        act()
      }
      const abort = () => settle(() => reject(signal?.reason), true)
      const timer = setTimeout(() => settle(() => resolve(null), true), this.#patience)
      signal?.addEventListener('abort', abort)
      worker.onmessage = ({ data }: MessageEvent<Answer>) => settle(() => resolve(data), false)
      worker.onerror = () => settle(() => resolve(null), true)
      worker.postMessage(job)
    })
  }

  #end(): void {
    this.#worker?.terminate()
    this.#worker = undefined
  }
}
