import { type Client, readable } from './client'
import { asSpinneyError, cancelled, type SpinneyError } from './error'

/**
 * How long a stream waits for an engine in which its share is open, in milliseconds: for a person who types a passphrase
 * after a reload. The engine waits as long for a block (`SAVE` in `patient.rs`).
 */
const PATIENCE_MS = 600_000
/** The time between two attempts, in milliseconds. */
const AGAIN_MS = 500

/** What an engine answers in which nobody has opened the profile or the link yet. */
const NOT_OPEN_YET: ReadonlySet<string> = new Set(['locked', 'not-found'])
/** How a stream ends whose engine is gone. */
const GONE: ReadonlySet<string> = new Set(['engine-moved', 'engine-stopped'])

/** The method and arguments of a stream that begins at this byte. */
export type Ask = (from: number) => readonly [method: string, args: readonly unknown[]]

/**
 * A stream that outlives its engine: when the engine moves to another tab, the stream attaches again and goes on at its
 * byte. It ends with all bytes, or with an error. A profile that was locked on purpose is an error at once.
 */
export function steady(connected: () => Promise<Client>, ask: Ask, signal?: AbortSignal): ReadableStream<Uint8Array> {
  let at = 0
  let source: ReadableStreamDefaultReader<Uint8Array> | undefined
  /** Since when there is no engine. */
  let lost: number | undefined
  let ended = false

  /** Waits before the next attempt, or throws if there is to be none. */
  const wait = async (why: SpinneyError, again: boolean) => {
    lost ??= Date.now()
    if (!again || ended || Date.now() - lost > PATIENCE_MS) throw why
    await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    if (ended || signal?.aborted) throw cancelled()
  }

  const open = async () => {
    for (;;) {
      try {
        const client = await connected()
        const stream = readable(async () => client, ...ask(at), signal)
        return stream.getReader()
      } catch (thrown) {
        // Nobody runs an engine at the moment, as while a tab is reloaded.
        const why = asSpinneyError(thrown)
        await wait(why, why.code !== 'cancelled' && why.code !== 'unsupported')
      }
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          try {
            source ??= await open()
            const { done, value } = await source.read()
            lost = undefined
            if (done) return controller.close()
            at += value.length
            return controller.enqueue(value)
          } catch (thrown) {
            source = undefined
            const why = asSpinneyError(thrown)
            await wait(why, GONE.has(why.code) || (lost !== undefined && NOT_OPEN_YET.has(why.code)))
          }
        }
      },
      cancel(reason) {
        ended = true
        return source?.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
