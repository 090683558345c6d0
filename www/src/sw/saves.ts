// Streams under way. Pages hear of them, and answer, which keeps this worker alive: a browser ends a worker that no event
// reaches, also while it streams. Firefox then lists half a file as finished, and shows half a picture.

import { asSpinneyError, failure, type SpinneyError } from '../engine/error'
import type { SaveNews, SaveProgress } from '../engine/protocol'
import { isOwnPage } from './own-page'

declare const self: ServiceWorkerGlobalScope

/** How often pages hear of saves, in milliseconds: far below the 30 seconds after which Firefox ends an idle worker. */
const TELL_MS = 1_000
/** A stream that has been waited for longer than this is said to wait, in milliseconds. */
const WAITS_MS = 3_000
/** How long saves go on without any page, in milliseconds: longer than a reload, and shorter than an idle worker lives. */
const ALONE_MS = 10_000

/** What is streamed. Without an id it is only looked at; if the id is empty, no page says anything of it. */
export type About = Pick<SaveProgress, 'share' | 'path' | 'name' | 'total'> & { id: string | undefined }

interface Save {
  about: About
  bytes: number
  /** Since when the browser waits for more. */
  wantedSince: number | undefined
  fail(why: SpinneyError): void
}

/** How long a newer worker waits for saves to end, in milliseconds. No browser lets it install for more than five minutes. */
const TAKE_OVER_MS = 240_000
/** The Web Lock that each save holds. */
const LOCK = `spinney:saves:${self.registration.scope}`

const open = new Set<Save>()
let telling: ReturnType<typeof setInterval> | undefined
let aloneSince: number | undefined

/** The same stream, of which the pages hear until it ends. */
export function followed(about: About, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let controller: ReadableStreamDefaultController<Uint8Array>
  const save: Save = {
    about,
    bytes: 0,
    wantedSince: undefined,
    fail(why) {
      if (!open.has(save)) return
      controller.error(why)
      end('failed', why)
      reader.cancel(why).catch(() => {})
    },
  }
  const { promise: over, resolve: release } = Promise.withResolvers<void>()
  if (about.id !== undefined) void self.navigator.locks.request(LOCK, { mode: 'shared' }, () => over)
  const end = (state: 'done' | 'failed' | 'cancelled', why?: SpinneyError) => {
    if (!open.delete(save)) return
    release()
    if (open.size === 0) clearInterval(telling)
    void tell(news(save, state, why))
  }
  if (open.size === 0) telling = setInterval(() => void tellAll(), TELL_MS)
  open.add(save)
  void tellAll()
  return new ReadableStream<Uint8Array>(
    {
      start(its) {
        controller = its
      },
      async pull() {
        save.wantedSince = Date.now()
        try {
          const { done, value } = await reader.read()
          if (done) {
            controller.close()
            end('done')
          } else {
            save.bytes += value.length
            controller.enqueue(value)
          }
        } catch (thrown) {
          save.fail(asSpinneyError(thrown))
        }
        save.wantedSince = undefined
      },
      cancel(reason) {
        end('cancelled')
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

/**
 * Lets this worker, which is a newer one, take over at once, or when the saves of the present one have ended: Firefox ends
 * the present one in the middle of them. If that takes too long, it tries again when the next page is opened.
 */
export async function takeOver(): Promise<void> {
  const signal = AbortSignal.timeout(TAKE_OVER_MS)
  await self.navigator.locks.request(LOCK, { signal }, () => self.skipWaiting()).catch(() => {})
}

/** Says of a save that it did not begin. */
export function refused(about: About, why: SpinneyError): Promise<unknown> {
  return tell(news({ about, bytes: 0 }, 'failed', why))
}

async function tellAll(): Promise<void> {
  const now = Date.now()
  const state = ({ wantedSince }: Save) => (wantedSince !== undefined && now - wantedSince > WAITS_MS ? 'waiting' : 'running')
  const heard = await tell([...open].flatMap(save => news(save, state(save))))
  aloneSince = heard > 0 ? undefined : (aloneSince ?? now)
  if (aloneSince === undefined || now - aloneSince < ALONE_MS) return
  for (const save of open) save.fail(failure('unreachable', 'no tab runs Spinney now'))
}

function news(
  { about: { id, ...about }, bytes }: Pick<Save, 'about' | 'bytes'>,
  state: SaveProgress['state'],
  why?: SpinneyError,
): SaveProgress[] {
  return id ? [{ ...about, id, bytes, state, ...(why && { code: why.code }) }] : []
}

/** Tells every page of ours; resolves to their number. */
async function tell(saves: SaveProgress[]): Promise<number> {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const pages = all.filter(page => isOwnPage(page, self.registration.scope))
  for (const page of pages) page.postMessage({ saves } satisfies SaveNews)
  return pages.length
}
