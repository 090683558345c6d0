/** Whether the service worker of the page is there. Some browsers have none, or refuse it in private windows. */

/** A service worker that is there serves a page within this time after a forced reload, in milliseconds. */
const CLAIM_MS = 2_000

/** Whether a service worker serves this page. Without one, a link to a file would leave the page. */
export async function isServed(): Promise<boolean> {
  const workers = navigator.serviceWorker
  if (!workers) return false
  if (workers.controller) return true
  // After a forced reload it does so in a moment.
  const registration = await workers.getRegistration().catch(() => undefined)
  if (!registration) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  workers.addEventListener('controllerchange', () => resolve(true), { once: true })
  setTimeout(() => resolve(workers.controller !== null), CLAIM_MS)
  return promise
}
