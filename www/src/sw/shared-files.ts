// Files that the system hands to the installed app (`share_target` in the manifest): they wait here, in memory alone,
// until the page that opens takes them.

import type { GivenFiles } from '../engine/protocol'

declare const self: ServiceWorkerGlobalScope

/** The name of the target, in the folder of the page. */
export const SHARE_TARGET = 'share-target'
/** Longer than a page needs to open. */
const KEPT_MS = 60_000

let waiting: readonly File[] = []
/** Ends the lives of this worker that wait for a page. */
let taken: (() => void)[] = []

/** Keeps the files of this request and leads to the share in the making. */
export function receiveShared(event: FetchEvent): void {
  const files = event.request.formData().then(form => form.getAll('files').filter(part => part instanceof File))
  event.respondWith(files.then(keep))
  event.waitUntil(files.then(untilTaken))
}

function keep(files: readonly File[]): Response {
  waiting = [...waiting, ...files]
  return Response.redirect(new URL('#/share', self.registration.scope), 303)
}

/** Files that no page takes are forgotten. */
async function untilTaken(files: readonly File[]): Promise<void> {
  await new Promise<void>(resolve => {
    taken.push(resolve)
    setTimeout(resolve, KEPT_MS)
  })
  waiting = waiting.filter(file => !files.includes(file))
}

/** Gives what waits to a page of ours, once. */
export function giveShared(port: MessagePort): void {
  port.postMessage({ files: [...waiting] } satisfies GivenFiles)
  waiting = []
  for (const end of taken) end()
  taken = []
}
