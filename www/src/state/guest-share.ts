/** The share that a link opened while no profile was unlocked. It can be read, but is not stored. */

import { signal } from '@preact/signals'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { forgetOpened, href, replaceRoute, route } from '../route'
import { api } from './engine'
import { notify } from './notices'
import { me } from './session'
import { addShare } from './shares'

interface GuestShare {
  code: string
  password: string | undefined
  share: Share
  /** When the link ends. */
  expires: Date | undefined
  /** Whether the guest has said that a profile shall keep it. */
  keep: boolean
}

export const guestShare = signal<GuestShare | null>(null)

/** Opens a link. A guest's link goes on waiting in this tab, for a reload. */
export async function openLink(code: string, password: string | undefined): Promise<void> {
  const share = await api().shares.openLink(code, password)
  const { expires } = await api().shares.inspectLink(code)
  if (me.value) {
    addShare(share)
    forgetOpened()
  } else {
    guestShare.value = { code, password, share, expires, keep: false }
  }
  replaceRoute(href.shared(share.id))
}

/** The guest wants the share in the profile that is opened or made next in this tab. */
export function keepGuestShare(): void {
  if (guestShare.value) guestShare.value = { ...guestShare.value, keep: true }
}

/**
 * Opens the link again after a change of profile or engine, because the engine forgets a guest's share then.
 *
 * If a profile is unlocked now, the share becomes one of its shares, if the guest has said so. Else the link is asked
 * about like any other: the profile may have been unlocked in another tab.
 */
export async function reopenLink(): Promise<void> {
  const opened = guestShare.value
  if (!opened) return
  if (me.value) guestShare.value = null
  if (me.value && !opened.keep) {
    const { view } = route.peek()
    if (view === 'home' || view === 'shared') replaceRoute(href.link(opened.code))
    return
  }
  try {
    const share = await api().shares.openLink(opened.code, opened.password)
    if (!me.value) return
    addShare(share)
    forgetOpened()
  } catch (error) {
    notify(wordsFor(error), 'bad')
  }
}
