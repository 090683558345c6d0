/** What a link opened in this page while no profile was: it is read, and not kept. */

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

/** Opens what a link names. The code is then no longer in the address: it is a secret, and was used. */
export async function openLink(code: string, password: string | undefined): Promise<void> {
  const share = await api().shares.openLink(code, password)
  if (me.value) addShare(share)
  else guestShare.value = { code, password, share }
  replaceRoute(href.shared(share.id))
}

/**
 * Opens it once more after another profile or another engine: an engine forgets what nobody in particular reads.
 *
 * Whoever has opened their profile meanwhile has it among their shares then.
 */
export async function openAgain(): Promise<void> {
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
