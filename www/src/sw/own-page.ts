/** What is known of a page that writes to the service worker. */
export interface Page {
  readonly url: string
  readonly type: string
  readonly frameType: string
}

/**
 * Whether the engine may be handed to a page: a window of its own whose address is in the folder of the service worker.
 *
 * An origin may hold other people's pages too, and each of them can send messages to this worker. What is served below
 * `s/` and `zip/` is somebody's file, never a page.
 */
export function isOwnPage(page: Page, scope: string): boolean {
  if (page.type !== 'window' || page.frameType === 'nested' || !page.url.startsWith(scope)) return false
  return !/^(s|zip)\//.test(page.url.slice(scope.length))
}
