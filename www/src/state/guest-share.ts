/** The share that a link opened while no profile was unlocked. It can be read, but is not stored. */

import { signal } from '@preact/signals'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { href, replaceRoute } from '../route'
import { api } from './engine'
import { notify } from './notices'
import { me } from './session'
import { addShare } from './shares'

interface GuestShare {
  code: string
  password: string | undefined
  share: Share
}

export const guestShare = signal<GuestShare | null>(null)

/** Opens a link. Afterwards its code, which is a secret, is no longer in the address. */
export async function openLink(code: string, password: string | undefined): Promise<void> {
  const share = await api().shares.openLink(code, password)
  if (me.value) addShare(share)
  else guestShare.value = { code, password, share }
  replaceRoute(href.shared(share.id))
}

/**
 * Opens the link again after a change of profile or engine, because the engine forgets a guest's share then.
 *
 * If a profile is unlocked now, the share becomes one of its shares.
 */
export async function reopenLink(): Promise<void> {
  const opened = guestShare.value
  if (!opened) return
  if (me.value) guestShare.value = null
  try {
    const share = await api().shares.openLink(opened.code, opened.password)
    if (me.value) addShare(share)
  } catch (error) {
    notify(wordsFor(error), 'bad')
  }
}
