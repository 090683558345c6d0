// Files that the system hands to the installed app (`share_target` in the manifest): they wait here, in memory alone,
// until the page that opens takes them.

import type { GivenFiles } from '../engine/protocol'

declare const self: ServiceWorkerGlobalScope

/** The name of the target, in the folder of the page. */
export const SHARE_TARGET = 'share-target'
/** Longer than a page needs to open. */
const KEPT_MS = 60_000

let waiting: File[] = []
let taken: (() => void) | undefined

/** Keeps the files of this request and leads to the share in the making. */
export function receiveShared(event: FetchEvent): void {
  event.respondWith(receive(event.request))
  event.waitUntil(
    new Promise<void>(resolve => {
      taken = resolve
      setTimeout(resolve, KEPT_MS)
    }).then(forget),
  )
}

async function receive(request: Request): Promise<Response> {
  const form = await request.formData()
  waiting = form.getAll('files').filter(part => part instanceof File)
  return Response.redirect(new URL('#/share', self.registration.scope), 303)
}

function forget(): void {
  waiting = []
}

/** Gives what waits to a page of ours, once. */
export function giveShared(port: MessagePort): void {
  port.postMessage({ files: waiting } satisfies GivenFiles)
  forget()
  taken?.()
}
