import type { SpinneyEvent } from '../contract'
import { asSpinneyError, cancelled, received, type SpinneyError } from './error'
import type { Reply, Request } from './protocol'

/** Pieces (up to 1 MiB each) on their way or waiting to be read: hides the way to the worker, bounds the memory. */
const PIECES_AHEAD = 4

/** Where the answers to one id go. */
interface Waiting {
  piece?(bytes: Uint8Array): void
  ok(value: unknown): void
  error(error: SpinneyError): void
}

/** Who reads events. */
interface Reader {
  /** Takes a batch, and calls `taken` when all of it is read: only then the engine sends the next. */
  push(events: readonly SpinneyEvent[], taken: () => void): void
}

/** One port to the engine: calls, streams and events, until the port or the engine ends. */
export class Client {
  readonly #port: MessagePort
  readonly #waiting = new Map<number, Waiting>()
  readonly #readers = new Map<number, Reader>()
  #lastId = 0
  #ended: SpinneyError | undefined
  #tellOver = () => {}
  /** Resolves when this port has ended. */
  readonly over = new Promise<void>(resolve => {
    this.#tellOver = resolve
  })

  constructor(port: MessagePort) {
    this.#port = port
    port.onmessage = ({ data }: MessageEvent<Reply>) => this.#receive(data)
  }

  call(method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const withdraw = this.#ask(method, args, { ok: resolve, error: reject }, signal)
      signal?.addEventListener('abort', withdraw, { once: true })
    })
  }

  /** Opens a stream whose pieces go to `controller`. */
  flow(method: string, args: readonly unknown[], controller: ReadableStreamDefaultController<Uint8Array>, signal?: AbortSignal): Flow {
    let coming = 0
    const withdraw = this.#ask(
      method,
      args,
      {
        piece(bytes) {
          coming -= 1
          controller.enqueue(bytes)
        },
        ok: () => controller.close(),
        error: error => controller.error(error),
      },
      signal,
    )
    signal?.addEventListener('abort', withdraw, { once: true })
    const id = this.#lastId
    return {
      pull: () => {
        const pieces = (controller.desiredSize ?? 0) - coming
        if (pieces <= 0) return
        coming += pieces
        this.#send({ pull: id, pieces })
      },
      cancel: () => {
        if (this.#waiting.delete(id)) this.#send({ cancel: id })
      },
    }
  }

  /** Gives `reader` every event from now on, until the function that comes back is called. */
  subscribe(reader: Reader): () => void {
    const id = ++this.#lastId
    this.#readers.set(id, reader)
    this.#send({ subscribe: id })
    return () => {
      if (this.#readers.delete(id)) this.#send({ unsubscribe: id })
    }
  }

  /** Ends the port; what still waits for an answer gets `error`. */
  end(error: SpinneyError): void {
    if (this.#ended) return
    this.#send({ bye: true })
    this.#ended = error
    this.#port.onmessage = null
    this.#port.close()
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#readers.clear()
    for (const each of waiting) each.error(error)
    this.#tellOver()
  }

  /** Sends a call; the function that comes back withdraws it. */
  #ask(method: string, args: readonly unknown[], waiting: Waiting, signal: AbortSignal | undefined): () => void {
    const id = ++this.#lastId
    if (this.#ended || signal?.aborted) {
      waiting.error(this.#ended ?? cancelled())
      return () => {}
    }
    try {
      this.#send({ id, method, args })
    } catch (refused) {
      waiting.error(asSpinneyError(refused))
      return () => {}
    }
    this.#waiting.set(id, waiting)
    return () => {
      if (!this.#waiting.delete(id)) return
      this.#send({ cancel: id })
      waiting.error(cancelled())
    }
  }

  #receive(reply: Reply): void {
    if ('events' in reply) {
      // A batch of a queue that was just closed may still come.
      this.#readers.get(reply.feed)?.push(reply.events, () => this.#send({ seen: reply.feed }))
      return
    }
    const waiting = this.#waiting.get(reply.id)
    if (!waiting) return // withdrawn while the answer was on its way
    if ('piece' in reply) {
      waiting.piece?.(reply.piece)
      return
    }
    this.#waiting.delete(reply.id)
    if ('ok' in reply) waiting.ok(reply.ok)
    else waiting.error(received(reply.error))
  }

  #send(request: Request): void {
    if (!this.#ended) this.#port.postMessage(request)
  }
}

/** A stream that is open. */
export interface Flow {
  /** Grants what the reader has room for. */
  pull(): void
  cancel(): void
}

/** A stream over the client that `connected` resolves to; one that breaks is errored, never closed. */
export function readable(
  connected: () => Promise<Client>,
  method: string,
  args: readonly unknown[],
  signal?: AbortSignal,
): ReadableStream<Uint8Array> {
  let flow: Flow | undefined
  let gone = false
  return new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        const client = await connected()
        if (!gone) flow = client.flow(method, args, controller, signal)
      },
      pull: () => flow?.pull(),
      cancel() {
        gone = true
        flow?.cancel()
      },
    },
    { highWaterMark: PIECES_AHEAD },
  )
}
