/**
 * Being told while no page of ours is open: a relay sends an empty Web Push.
 *
 * A browser has one subscription, made with the key of one relay: the first of mine that offers it. It belongs to one
 * profile, so that its address does not connect two at a relay; another profile that turns it on gets a new one.
 */

import { computed, effect, signal, untracked } from '@preact/signals'
import { codeOf } from '../errors'
import type { PushRelay } from '../spinney'
import { s } from '../strings'
import { PUSH_WORDS, PUSH_WORDS_CACHE } from '../sw/push-words'
import { api } from './engine'
import { connection } from './network'
import { allowNotifications, notificationsAllowed } from './news'
import { me } from './session'

/** Where this browser keeps the id of the profile that is told. */
const CHOICE = 'spinney-push'

/** So long a push service may take to answer, in milliseconds. */
const PATIENCE_MS = 15_000

/** Whether this browser can be told at all. */
export const canBeTold = 'PushManager' in window && 'serviceWorker' in navigator && 'Notification' in window

const chosen = signal(storedChoice())

/** Whether this profile is told while the page is closed. */
export const isTold = computed(() => chosen.value !== null && chosen.value === me.value?.id && notificationsAllowed.value)

/** Why it could not be turned on, in words of this page. */
export class PushProblem extends Error {}

/** Asks the browser, a relay and a push service. Only a click may call it. */
export async function turnOnPush(): Promise<void> {
  const id = me.value?.id
  if (!(await allowNotifications())) throw new PushProblem(s.news.refused)
  const [relay] = await relays()
  if (!relay) throw new PushProblem(s.push.needRelay)
  const { pushManager } = await navigator.serviceWorker.ready
  // It may be that of another profile, which must not share its address.
  await (await pushManager.getSubscription())?.unsubscribe()
  await subscribe(pushManager, relay)
  choose(id ?? null)
  await leaveWords()
}

/** Ends it in the browser first: so a relay that is not reached learns from the push service that it is over. */
export async function turnOffPush(): Promise<void> {
  choose(null)
  await endSubscription()
  await api()
    .push.unsubscribe()
    .catch(() => {})
}

/** Ends it with the profile that has it. */
export async function forgetPush(profile: string): Promise<void> {
  if (chosen.value !== profile) return
  choose(null)
  await endSubscription()
}

/** Once after each unlock, compares what the browser has with what the relay knows, and renews it there. */
export function watchPush(): void {
  let renewed: string | undefined
  effect(() => {
    const id = me.value?.id
    if (!id) renewed = undefined
    if (!id || id !== chosen.value || id === renewed || connection.value !== 'connected') return
    renewed = id
    // What fails is tried again after the next unlock: until then the subscription is as it was.
    void untracked(renew).catch(() => {})
  })
}

async function renew(): Promise<void> {
  if (!notificationsAllowed.value) return turnOffPush()
  const { pushManager } = await navigator.serviceWorker.ready
  const found = await api().push.relays()
  const subscription = await pushManager.getSubscription()
  const key = keyOf(subscription)
  const relay = found.find(relay => relay.key === key)
  if (subscription && relay) await api().push.subscribe(relay.relay, subscription.endpoint)
  else if (found[0]) {
    await subscription?.unsubscribe()
    await subscribe(pushManager, found[0])
  }
  await leaveWords()
}

async function subscribe(pushManager: PushManager, { relay, key }: PushRelay): Promise<void> {
  const options = { userVisibleOnly: true, applicationServerKey: key }
  const subscribing = pushManager.subscribe(options).catch(() => null)
  const subscription = await Promise.race([subscribing, nobody()])
  if (!subscription) {
    // What comes later is known to no relay.
    void subscribing.then(late => late?.unsubscribe())
    throw new PushProblem(s.push.needService)
  }
  try {
    await api().push.subscribe(relay, subscription.endpoint)
  } catch (error) {
    await subscription.unsubscribe()
    throw error
  }
}

/** Browsers that cannot reach their push service try for as long as they run. */
const nobody = () => new Promise<null>(resolve => setTimeout(resolve, PATIENCE_MS, null))

async function relays(): Promise<PushRelay[]> {
  try {
    return await api().push.relays()
  } catch (error) {
    throw codeOf(error) === 'unreachable' ? new PushProblem(s.push.needReach) : error
  }
}

async function endSubscription(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  await (await registration?.pushManager?.getSubscription())?.unsubscribe()
}

/** The service worker has no texts in the language of the page but this one. */
async function leaveWords(): Promise<void> {
  const { scope } = await navigator.serviceWorker.ready
  const cache = await caches.open(PUSH_WORDS_CACHE)
  await cache.put(new URL(PUSH_WORDS, scope), new Response(s.push.told))
}

/** The key with which a subscription was made, as relays write it. */
function keyOf(subscription: PushSubscription | null): string | undefined {
  const key = subscription?.options.applicationServerKey
  if (!key) return undefined
  const letters = btoa(String.fromCharCode(...new Uint8Array(key)))
  return letters.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function choose(id: string | null): void {
  chosen.value = id
  try {
    if (id) localStorage.setItem(CHOICE, id)
    else localStorage.removeItem(CHOICE)
  } catch {
    // Where storage is blocked, it holds until the page is closed.
  }
}

function storedChoice(): string | null {
  try {
    return localStorage.getItem(CHOICE)
  } catch {
    return null
  }
}
