/** Feeds the signals from the engine's events; lists again whenever events may have been missed. */

import { batch, computed, effect, untracked } from '@preact/signals'
import type { Spinney, SpinneyEvent } from '../contract'
import { forgetAnswers, onAnswers } from './answers'
import { clear } from './compose'
import { forgetContacts, hideContact, listContacts, putContact } from './contacts'
import { forgetOffer, onDeviceEvent } from './device-link'
import { forgetDevices, onDevices } from './devices'
import { api, engine } from './engine'
import { forgetFirstShare } from './first-share'
import { forgetFolders, onFolders, scanOnFocus } from './folders'
import { forgetDropBoxes, isOfDrop, onDrops, putSending } from './drops'
import { drafts, forgetHeldFiles, listDrafts, resumeHeldDraft } from './drafts'
import { reopenLink } from './guest-share'
import { forgetWaiting } from './incoming'
import { forgetIntroductions, onIntroductions } from './introductions'
import { forgetKeeping, onKeeping } from './keeping'
import { forgetInvite } from './invite'
import { forgetLinks } from './links'
import { forgetNetwork, listNetwork, setConnected } from './network'
import { onAnswer, onArrival } from './news'
import { forgetPasted } from './pasted'
import { dropRequest, forgetRequests, listRequests, onRequest } from './requests'
import { lastUnlocked, listProfiles, me, setMe } from './session'
import { forgetSaves } from './saves'
import { forgetShares, listShares, putDelivery, putShare } from './shares'
import { setQuota } from './storage'
import { forgetTransfers, isOver, listTransfers, putTransfer, removeTransfer } from './transfers'

const who = computed(() => me.value?.id)

/** Runs until the engine is closed. */
export async function follow(spinney: Spinney): Promise<void> {
  // An event or the answer of a call may set it first.
  effect(() => {
    who.value
    untracked(onWho)
  })
  scanOnFocus()
  for await (const event of spinney.events()) batch(() => apply(event))
  // The engine broke once more, and is not started again by itself.
  await spinney.profiles.current().catch(error => (engine.value = { state: 'failed', error }))
}

/** Reads which profile is unlocked and, if one is, everything that the page shows of it. */
export async function listAgain(spinney: Spinney): Promise<void> {
  const before = who.peek()
  await listProfiles()
  setMe(await spinney.profiles.current())
  engine.value = { state: 'ready' }
  if (who.peek() === before) await listEverything()
}

async function listEverything(): Promise<void> {
  await listNetwork()
  if (!me.value) return reopenLink()
  await Promise.all([listContacts(), listRequests(), listShares(), listTransfers(), listDrafts()])
  onDevices()
  onDrops()
  onIntroductions()
  onKeeping()
  onFolders()
  await resumeHeldDraft()
  await reopenLink()
}

function apply(event: SpinneyEvent): void {
  switch (event.type) {
    case 'profile':
      if (!event.me) {
        // What is dropped on the first screen afterwards waits for the next profile.
        if (me.peek()) forgetWaiting()
        forgetUnsent()
      }
      return setMe(event.me)
    case 'contact':
      return putContact(event.contact)
    case 'contact-removed':
      return hideContact(event.id)
    case 'request':
      return quietly(onRequest(event))
    case 'request-removed':
      return dropRequest(event.id)
    case 'share':
      if (event.change === 'received') onArrival(event.share)
      return putShare(event.share, event.change)
    case 'answers':
      onAnswers(event.share)
      if (event.from !== undefined) onAnswer(event.share, event.from)
      return
    case 'delivery':
      return putDelivery(event)
    case 'transfer':
      if (isOfDrop(event)) return putSending(event)
      putTransfer(event)
      // A draft was finished or given up, here or in another tab.
      return event.direction === 'add' && isOver(event) ? quietly(listDrafts()) : undefined
    case 'transfer-added':
      return quietly(listTransfers())
    case 'transfer-removed':
      removeTransfer(event.id)
      return quietly(listDrafts())
    case 'drops':
      onDrops()
      return
    case 'introductions':
      onIntroductions()
      return
    case 'keeping':
      onKeeping()
      return
    case 'folders':
      onFolders()
      return
    case 'devices':
      onDevices()
      return
    case 'device-asks':
    case 'device-words':
    case 'device-identity':
    case 'device-code-ended':
      return onDeviceEvent(event)
    case 'network':
      setConnected(event.connected)
      return quietly(listNetwork())
    case 'quota':
      return setQuota(event)
    case 'engine':
      engine.value = { state: event.state === 'leader' || event.state === 'attached' ? 'ready' : event.state }
      return
    case 'resync':
      return quietly(listAgain(api()))
  }
}

/**
 * Another profile, or none, is unlocked: the page shows nothing of the one before.
 *
 * If the engine moved with another tab and nobody locked the profile, an unsent share waits for its author.
 */
function onWho(): void {
  forgetContacts()
  forgetInvite()
  forgetDevices()
  forgetDropBoxes()
  forgetFolders()
  forgetIntroductions()
  forgetKeeping()
  forgetOffer()
  forgetRequests()
  forgetAnswers()
  forgetShares()
  forgetLinks()
  drafts.value = []
  forgetSaves()
  forgetTransfers()
  forgetNetwork()
  if (!me.value) forgetFirstShare()
  if (me.value && me.value.id !== lastUnlocked.value) forgetUnsent()
  lastUnlocked.value = me.value?.id ?? lastUnlocked.value
  // Also if a profile is unlocked: one that was just made is in the list that the page shows once it is locked.
  quietly(listProfiles())
  if (me.value) quietly(listEverything())
}

function forgetUnsent(): void {
  forgetPasted()
  clear()
  forgetHeldFiles()
}

/** A list that fails is asked again at the next resync: what made it fail (a lock, a moved engine) brings one. */
function quietly(work: Promise<unknown>): void {
  work.catch(() => {})
}
