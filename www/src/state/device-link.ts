/** The linking of one more device, on either side. */

import { signal } from '@preact/signals'
import type { Device, DeviceCode, EngineEvent } from '../contract'
import { api } from './engine'
import { setMe } from './session'

/** What the page shows of a code that this device offers. */
export interface Offer extends DeviceCode {
  /** The name of the device that has read it. */
  asking?: string
}

/** The code that this device shows. */
export const offer = signal<Offer | null>(null)
/** Whether the code that was shown is over without the person's doing. */
export const offerEnded = signal(false)
/** The four words of this new device. */
export const shownWords = signal<readonly string[] | null>(null)
/** Whose device this becomes, if the person says yes. */
export const becomes = signal<{ id: string; name: string } | null>(null)
/** Whether the person said yes. */
export const isAccepted = signal(false)

export async function showCode(passphrase: string): Promise<void> {
  offer.value = await api().devices.code(passphrase)
  offerEnded.value = false
}

export async function approve(words: string): Promise<Device> {
  const device = await api().devices.approve(words.trim().split(/\s+/))
  offer.value = null
  return device
}

/** The profile was locked, and its code with it. */
export function forgetOffer(): void {
  offer.value = null
  offerEnded.value = false
}

/** Takes the code back. */
export async function withdrawCode(): Promise<void> {
  forgetOffer()
  await api().devices.cancel()
}

/** Becomes a device of whom another one shows this code. */
export async function joinDevice(code: string, name: string, passphrase: string): Promise<void> {
  try {
    setMe(await api().devices.join(code, { name, passphrase }))
  } finally {
    forgetJoining()
  }
}

export async function acceptIdentity(): Promise<void> {
  await api().devices.accept()
  isAccepted.value = true
}

export const refuseIdentity = (): Promise<void> => api().devices.cancel()

type LinkEvent = Extract<EngineEvent, { type: `device-${string}` }>

export function onDeviceEvent(event: LinkEvent): void {
  switch (event.type) {
    case 'device-asks':
      if (offer.value) offer.value = { ...offer.value, asking: event.name }
      return
    case 'device-code-ended':
      offerEnded.value = offer.value !== null
      offer.value = null
      return
    case 'device-words':
      shownWords.value = event.words
      return
    case 'device-identity':
      becomes.value = { id: event.id, name: event.name }
      return
  }
}

function forgetJoining(): void {
  shownWords.value = null
  becomes.value = null
  isAccepted.value = false
}
