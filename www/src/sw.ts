// The service worker: hands ports from tab to tab, serves shared files out of the engine, and keeps the built files of
// the page so that it paints at once and offline. The browser stops it when it is idle; it keeps nothing in memory
// that it could not ask for again, and never stores anything of a person.

import { type Greeting, isAttach, isAwake, isTakeFiles, isTakeOver } from './engine/protocol'
import { passOn } from './sw/leader'
import { isOwnPage } from './sw/own-page'
import { tellOfPush } from './sw/push'
import { takeOver } from './sw/saves'
import { serveFile, serveZip } from './sw/serve'
import { giveShared, receiveShared, SHARE_TARGET } from './sw/shared-files'
import { dropOldShells, keepShell, shell } from './sw/shell'

declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', event => {
  // The new page that brought this worker must not wait for the last tab of the old one.
  event.waitUntil(Promise.all([keepShell(), takeOver()]))
})

self.addEventListener('activate', event => {
  event.waitUntil(Promise.all([dropOldShells(), self.clients.claim()]))
})

self.addEventListener('message', event => {
  const [port] = event.ports
  const { source } = event
  if (!(source instanceof WindowClient) || !isOwnPage(source, self.registration.scope)) {
    port?.postMessage({ nobody: true } satisfies Greeting)
    return
  }
  if (port && isTakeFiles(event.data)) giveShared(port)
  else if (port && isAttach(event.data)) event.waitUntil(passOn(event.data, port))
  // Nothing is to be done: the message itself keeps this worker alive.
  else if (isAwake(event.data)) return
  else if (isTakeOver(event.data)) event.waitUntil(takeOver())
  // Else a page that was reloaded around this worker asks to be served by it.
  else event.waitUntil(self.clients.claim())
})

self.addEventListener('push', event => {
  event.waitUntil(tellOfPush())
})

self.addEventListener('notificationclick', event => {
  event.notification.close()
  event.waitUntil(showPage())
})

self.addEventListener('fetch', event => {
  const { request } = event
  const scope = self.registration.scope
  if (!request.url.startsWith(scope)) return
  const { pathname, searchParams } = new URL(request.url)
  const inside = pathname.slice(new URL(scope).pathname.length)
  const [kind, share, ...path] = inside.split('/')
  const namespace = searchParams.get('in') ?? 'spinney'
  if (kind === 's' && share && path.length > 0) {
    event.respondWith(serveFile(event, namespace, decode(share), path.map(decode).join('/'), searchParams.get('save')))
  } else if (kind === 'zip' && share && path.length === 0) {
    event.respondWith(serveZip(event, namespace, decode(share), searchParams.getAll('path'), searchParams.get('save')))
  } else if (request.method === 'POST' && inside === SHARE_TARGET) {
    receiveShared(event)
  } else if (request.mode === 'navigate' && /^%23/.test(inside)) {
    // Some chat programs encode the `#` of a link. What is behind it goes to no server from here.
    event.respondWith(Response.redirect(new URL(`#${decode(inside.slice(3))}`, scope)))
  } else {
    const response = shell(request)
    if (response) event.respondWith(response)
  }
})

/** Brings a tab of ours to the front, or opens one. */
async function showPage(): Promise<void> {
  const { scope } = self.registration
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const ours = windows.find(window => isOwnPage(window, scope))
  await (ours ? ours.focus() : self.clients.openWindow(scope))
}

/** Percent-decodes a segment; one that is no UTF-8 stays as it is and names nothing. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
