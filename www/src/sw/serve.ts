// Shared files over HTTP, straight out of the engine. A friend's file never runs in our origin: all that is served is
// sandboxed, and only what can be nothing but a picture, a sound or a film is shown in place.

import type { FileEntry } from '../contract'
import { type Client, readable } from '../engine/client'
import { asSpinneyError, SpinneyError } from '../engine/error'
import { steady } from '../engine/steady'
import { SHOWN_TYPES } from '../shown-types'
import { connect } from './leader'
import { type Range, requestedRange } from './range'
import { type About, followed, refused } from './saves'

const ALWAYS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

/**
 * Serves one file, or the range of it that was asked for. `save` makes any file an attachment; what it holds names the save
 * to the page.
 */
export function serveFile(event: FetchEvent, namespace: string, share: string, path: string, save: string | null): Promise<Response> {
  const about = { id: save ?? undefined, share, path, name: path.slice(path.lastIndexOf('/') + 1) }
  return answer(event, namespace, about, async client => {
    const { size, type, portableName } = (await client.call('shares.file', [share, path])) as FileEntry
    const shown = SHOWN_TYPES.has(type)
    const headers = {
      ...ALWAYS,
      'Accept-Ranges': 'bytes',
      'Content-Disposition': disposition(shown && save === null ? 'inline' : 'attachment', portableName),
      'Content-Type': shown ? type : 'application/octet-stream',
    }
    const range = requestedRange(event.request.headers, size)
    if (range === 'unsatisfiable') {
      return new Response(null, { status: 416, headers: { ...ALWAYS, 'Content-Range': `bytes */${size}` } })
    }
    const { offset, length }: Range = range ?? { offset: 0, length: size }
    const body = () => {
      const bytes =
        range || save === null
          ? readable(async () => client, 'shares.read', [share, path, { offset, length }])
          : steady(
              () => connect(namespace),
              from => ['shares.readPatiently', [share, path, from]],
            )
      return followed({ ...about, name: portableName, total: size }, bytes)
    }
    // Of an empty file that is saved the page is to hear too.
    const isEmpty = event.request.method === 'HEAD' || (length === 0 && save === null)
    return new Response(isEmpty ? null : body(), {
      status: range ? 206 : 200,
      headers: {
        ...headers,
        'Content-Length': String(length),
        ...(range && { 'Content-Range': `bytes ${offset}-${offset + length - 1}/${size}` }),
      },
    })
  })
}

/** Serves a share, or the paths named, as one zip. */
export function serveZip(event: FetchEvent, namespace: string, share: string, paths: readonly string[], save: string | null) {
  const about = { id: save ?? '', share, name: 'zip' }
  return answer(event, namespace, about, async client => {
    const name = (await client.call('shares.archiveName', [share])) as string
    const named = paths.length > 0 ? paths : undefined
    const body = () =>
      followed(
        { ...about, name },
        steady(
          () => connect(namespace),
          from => ['shares.archive', [share, named, from]],
        ),
      )
    return new Response(event.request.method === 'HEAD' ? null : body(), {
      headers: { ...ALWAYS, 'Content-Disposition': disposition('attachment', name), 'Content-Type': 'application/zip' },
    })
  })
}

/**
 * Answers with what `respond` gives; what is locked or absent are the same 404.
 *
 * A save that a page began by following a link must not replace that page, so it is answered with nothing, and the page
 * hears why.
 */
async function answer(
  event: FetchEvent,
  namespace: string,
  about: About,
  respond: (client: Client) => Promise<Response>,
): Promise<Response> {
  const { method } = event.request
  if (method !== 'GET' && method !== 'HEAD') return plain(405)
  try {
    // An engine that moved, or began anew after a profile was locked, is asked once more where it is now.
    return await respond(await connect(namespace)).catch(async thrown => {
      if (!(thrown instanceof SpinneyError && thrown.code === 'engine-moved')) throw thrown
      return respond(await connect(namespace))
    })
  } catch (thrown) {
    if (about.id) {
      await refused(about, asSpinneyError(thrown))
      return plain(204)
    }
    const absent = thrown instanceof SpinneyError && ABSENT.has(thrown.code)
    return plain(absent ? 404 : 503)
  }
}
const ABSENT = new Set(['invalid-id', 'invalid-name', 'locked', 'not-found', 'unreachable'])

const plain = (status: number) => new Response(null, { status, headers: ALWAYS })

/** RFC 6266, with the name, which the engine has made portable, as RFC 8187 writes it. */
function disposition(kind: 'inline' | 'attachment', name: string): string {
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename*=UTF-8''${encoded}`
}
