/** The latest invite for one friend. It is forgotten once a friend has used it. */

import { signal } from '@preact/signals'
import { api } from './engine'

export const invite = signal<string | null>(null)

export async function makeInvite(): Promise<void> {
  invite.value = await api().profiles.newInvite()
}

/** An invite is for one friend: the next friend needs a new one. */
export function forgetInvite(): void {
  invite.value = null
}
