// A push from a relay: something was left while no page was open. What a push contains is not looked at.

import { told } from '../strings/en/push'
import { isOwnPage } from './own-page'
import { PUSH_WORDS, PUSH_WORDS_CACHE } from './push-words'

declare const self: ServiceWorkerGlobalScope

/** The same as of the page's own notifications: a newer one takes the place of the one before. */
const TAG = 'spinney-news'

/**
 * Shows one sentence. Browsers take the permission from a page that is pushed to and shows nothing; so where a page of
 * ours is looked at, and tells by itself, it is shown without a sound and taken away again.
 */
export async function tellOfPush(): Promise<void> {
  const { registration } = self
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const isLookedAt = windows.some(page => page.visibilityState === 'visible' && isOwnPage(page, registration.scope))
  await registration.showNotification(await words(), { tag: TAG, icon: 'icon.svg', silent: isLookedAt })
  if (!isLookedAt) return
  for (const shown of await registration.getNotifications({ tag: TAG })) shown.close()
}

/** The sentence that the page has left in the language of its reader. */
async function words(): Promise<string> {
  const url = new URL(PUSH_WORDS, self.registration.scope)
  const kept = await caches.match(url, { cacheName: PUSH_WORDS_CACHE }).catch(() => undefined)
  return (await kept?.text()) || told
}
