/** What a link opened in this page while no profile was: it is read, and not kept. */

import { signal } from '@preact/signals'
import type { Share } from '../contract'
import { href, replace } from '../route'
import { api } from './engine'
import { me } from './session'
import { add } from './shares'

interface ByLink {
  code: string
  password: string | undefined
  share: Share
}

export const byLink = signal<ByLink | null>(null)

/** Opens what a link names. The code is then no longer in the address: it is a secret, and was used. */
export async function openLink(code: string, password: string | undefined): Promise<void> {
  const share = await api().shares.openLink(code, password)
  if (me.value) add(share)
  else byLink.value = { code, password, share }
  replace(href.shared(share.id))
}

/** Whoever opened a link and then their profile has what it opened among their shares. */
export async function takeAlong(): Promise<void> {
  const opened = byLink.value
  if (!opened) return
  byLink.value = null
  add(await api().shares.openLink(opened.code, opened.password))
}
