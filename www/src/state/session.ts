/** The profiles in this browser and the unlocked one. */

import { computed, signal } from '@preact/signals'
import type { Me, ProfileSummary } from '../contract'
import { wordsFor } from '../errors'
import { forgetAddresses, href, navigate } from '../route'
import { api } from './engine'
import { dismiss, notify } from './notices'
import { listPasskeys } from './passkeys'
import { forgetPush } from './push'

/** null until the list is loaded. */
export const profiles = signal<ProfileSummary[] | null>(null)
export const me = signal<Me | null>(null)

/** The id of the profile that was unlocked last in this tab. */
export const lastUnlocked = signal<string | undefined>(undefined)

/** The recovery words that are on the screen. They are forgotten when the reader leaves them. */
export const revealedWords = signal<string[] | null>(null)
/** Whether the owner of the unlocked profile has not confirmed the recovery words yet. */
export const wordsUnconfirmed = computed(() => me.value?.wordsConfirmed === false && !me.value.waiting)

export async function listProfiles(): Promise<void> {
  const list = await api().profiles.list()
  // First, so that nothing on the first screen moves when they come. Without them, there is the passphrase.
  await Promise.all(list.map(({ id }) => listPasskeys(id).catch(() => {})))
  profiles.value = list
}

export function setMe(next: Me | null): void {
  const before = me.value
  me.value = next
  if (next || !before) return
  revealedWords.value = null
  // What comes after this is about the lock itself.
  dismiss()
}

export async function unlock(id: string, passphrase: string, staySignedIn: boolean): Promise<void> {
  setMe(await api().profiles.unlock(id, passphrase, { staySignedIn }))
}

export async function unlockWithPasskey(id: string, staySignedIn: boolean): Promise<void> {
  setMe(await api().profiles.unlockWithPasskey(id, { staySignedIn }))
}

/** Forgets every secret here and in the engine, and goes back to the first view. */
export async function lock(): Promise<void> {
  setMe(null)
  forgetAddresses()
  navigate(href.home)
  try {
    await api().profiles.lock()
  } catch (error) {
    // The reader must know that the profile may still be unlocked before they leave the machine.
    notify(wordsFor(error), 'bad')
  }
}

/** Creates a profile and unlocks it. A reminder leads to its recovery words. */
export async function createProfile(profile: { name: string; passphrase: string; avatar?: Blob }): Promise<void> {
  setMe(await api().profiles.create(profile))
}

/** Opens the profile that waits for a name and a passphrase, or makes one. */
export async function beginProfile(): Promise<void> {
  setMe(await api().profiles.begin())
}

/** Gives the profile that waits a name and a passphrase. */
export async function finishProfile(profile: { name: string; passphrase: string; staySignedIn: boolean }): Promise<void> {
  setMe(await api().profiles.finish(profile))
  await listProfiles()
}

export async function recoverProfile(words: string, passphrase: string): Promise<void> {
  setMe(await api().profiles.recover(words, passphrase))
}

export async function revealWords(passphrase: string): Promise<void> {
  revealedWords.value = (await api().profiles.recoveryPhrase(passphrase)).trim().split(/\s+/)
}

export async function confirmWords(): Promise<void> {
  setMe(await api().profiles.confirmWords())
}

/** Publishes a restored profile as it is, also if a relay that did not answer may know something newer. */
export async function confirmRestored(): Promise<void> {
  setMe(await api().profiles.confirmRestored())
}

/** Puts the next keys of the words in the place of these. */
export async function changeKeys(words: string, passphrase: string): Promise<void> {
  setMe(await api().profiles.changeKeys(words, passphrase))
  await listProfiles()
}

/** The reader knows what follows from changed keys. */
export async function confirmKeys(): Promise<void> {
  setMe(await api().profiles.confirmKeys())
}

export async function removeProfile(id: string): Promise<void> {
  await api().profiles.remove(id)
  await forgetPush(id)
  setMe(await api().profiles.current())
  await listProfiles()
}
