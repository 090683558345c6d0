/** The passkeys of the profiles in this browser. */

import { signal } from '@preact/signals'
import type { Passkey } from '../contract'
import { api } from './engine'

/** An address in place of a name: no passkey can be of one. */
const ADDRESS = /^\[|^[\d.]+$/

/** Whether this browser makes and asks for passkeys at this address. */
export const hasPasskeys = 'PublicKeyCredential' in window && !ADDRESS.test(location.hostname)

const known = signal<Readonly<Record<string, readonly Passkey[]>>>({})

/** Every passkey of a profile. */
export const passkeysOf = (profile: string): readonly Passkey[] => known.value[profile] ?? []

export const isHere = (passkey: Passkey): boolean => passkey.host === location.hostname

/** Whether a passkey unlocks the profile on this page. */
export const opensByPasskey = (profile: string): boolean => hasPasskeys && passkeysOf(profile).some(isHere)

export async function listPasskeys(profile: string): Promise<void> {
  known.value = { ...known.value, [profile]: await api().profiles.passkeys(profile) }
}

export async function addPasskey(profile: string, passphrase: string): Promise<void> {
  await api().profiles.addPasskey(passphrase)
  await listPasskeys(profile)
}

export async function removePasskey(profile: string, id: string): Promise<void> {
  await api().profiles.removePasskey(id)
  await listPasskeys(profile)
}
