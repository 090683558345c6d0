/** What friends keep for each other. */

import { signal } from '@preact/signals'
import type { FriendKeeping, KeepingStatus } from '../contract'
import { api } from './engine'
import { me } from './session'

/** null until it is known. */
export const keeping = signal<(KeepingStatus & { limit: number }) | null>(null)

/** What is kept between a contact and the reader; undefined where nothing is. */
export const keepingWith = (contact: string): FriendKeeping | undefined => keeping.value?.friends.find(friend => friend.contact === contact)

export async function readKeeping(): Promise<void> {
  const status = await api().keeping.status()
  if (me.peek()) keeping.value = status
}

/** Something of it changed, or may have. A status that fails is asked again at the next event. */
export function onKeeping(): void {
  readKeeping().catch(() => {})
}

export function forgetKeeping(): void {
  keeping.value = null
}
