/** The invite for one friend that was made last, until somebody came with one. */

import { signal } from '@preact/signals'
import { api } from './engine'

export const invite = signal<string | null>(null)

export async function makeInvite(): Promise<void> {
  invite.value = await api().profiles.newInvite()
}

/** The next friend needs another one. */
export function forgetInvite(): void {
  invite.value = null
}
