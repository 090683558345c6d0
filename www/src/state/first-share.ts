/** Sending first: the share by link of somebody without a profile, from the first screen to its link. */

import { signal } from '@preact/signals'
import type { Share } from '../contract'
import { href, replaceRoute } from '../route'
import { allTakenIn, hasChoice } from './choosing'
import { audience, send } from './compose'
import { takeWaiting } from './incoming'
import { listLinks } from './links'
import { beginProfile, me } from './session'

/** null: nobody sends first in this tab, or they have gone on. `made` is there once there is a link. */
export const firstShare = signal<{ made?: Share } | null>(null)

/** Shows the screen of a first share, which sends what waits. */
export function beginFirstShare(): void {
  firstShare.value = {}
}

/**
 * Opens a profile that waits for a name, encrypts what waited on the first screen, and makes its link. Can be tried again.
 *
 * What cannot be sent at all is left to the view of a share, which says why.
 */
export async function sendFirst(): Promise<void> {
  if (!me.value) await beginProfile()
  takeWaiting()
  await allTakenIn()
  if (!hasChoice.value) return leaveFirstShare(href.share)
  audience.value = 'link'
  const made = await send()
  await listLinks()
  // What is behind the screen with the link.
  replaceRoute(href.shared(made.id))
  firstShare.value = { made }
}

/** Goes on to the page with its navigation. */
export function leaveFirstShare(to: string): void {
  firstShare.value = null
  replaceRoute(to)
}

export function forgetFirstShare(): void {
  firstShare.value = null
}
