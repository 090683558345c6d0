/** Who is here: the profiles of this browser and the unlocked one. */

import { computed, signal } from '@preact/signals'
import type { Me, ProfileSummary } from '../contract'
import { wordsFor } from '../errors'
import { go, href } from '../route'
import { api } from './engine'
import { dismiss, say } from './notices'

/** null until they were listed. */
export const profiles = signal<ProfileSummary[] | null>(null)
export const me = signal<Me | null>(null)

/** Words being shown; forgotten when they are left. */
export const freshWords = signal<string[] | null>(null)
/** Whether the unlocked profile's owner has yet to confirm the recovery words. */
export const wordsPending = computed(() => me.value?.wordsConfirmed === false)

export async function listProfiles(): Promise<void> {
  profiles.value = await api().profiles.list()
}

export function setMe(next: Me | null): void {
  me.value = next
  if (next) return
  freshWords.value = null
  dismiss()
}

export async function unlock(id: string, passphrase: string, staySignedIn: boolean): Promise<void> {
  setMe(await api().profiles.unlock(id, passphrase, { staySignedIn }))
}

/** Forgets every secret, here and in the engine. Whoever comes next begins at the first view. */
export async function lock(): Promise<void> {
  setMe(null)
  go(href.home)
  try {
    await api().profiles.lock()
  } catch (error) {
    // Who thinks that it is locked for good leaves the machine to others.
    say(wordsFor(error), 'bad')
  }
}

/** Makes a profile, unlocks it and takes its words out to be shown once. */
export async function create(profile: { name: string; passphrase: string; avatar?: Blob }): Promise<void> {
  setMe(await api().profiles.create(profile))
  await showWords(profile.passphrase)
}

export async function recover(words: string, passphrase: string): Promise<void> {
  setMe(await api().profiles.recover(words, passphrase))
}

export async function showWords(passphrase: string): Promise<void> {
  freshWords.value = (await api().profiles.recoveryPhrase(passphrase)).trim().split(/\s+/)
}

export async function confirmWords(): Promise<void> {
  setMe(await api().profiles.confirmWords())
}

export async function removeProfile(id: string): Promise<void> {
  await api().profiles.remove(id)
  setMe(await api().profiles.current())
  await listProfiles()
}
