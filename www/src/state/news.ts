/**
 * Tells of new shares and requests: in the title of the tab, on the icon of the app, in a notice on other views, and by a
 * notification of the device while no tab of ours is looked at.
 */

import { computed, effect, signal, untracked } from '@preact/signals'
import type { Share } from '../contract'
import { href, route } from '../route'
import { s } from '../strings'
import { nameOf, people } from './contacts'
import { notice, notify } from './notices'
import { requests } from './requests'
import { me } from './session'
import { sharesListed, unreadCount } from './shares'

/** Shares that come within this time are told of together. */
const TOGETHER_MS = 400
/** Held by every tab that is looked at. */
const LOOKED_AT = 'spinney-looked-at'
/** Where this browser keeps the answer of its person: `on` or `off`. */
const ANSWER = 'spinney-notifications'

const permission = signal<NotificationPermission | 'impossible'>('Notification' in window ? Notification.permission : 'impossible')
const answer = signal(storedAnswer())

/** Whether the device tells of news, could, is not allowed to, or cannot. */
export const notifications = computed<'on' | 'off' | 'refused' | 'impossible'>(() => {
  if (permission.value === 'impossible' || permission.value === 'denied') return permission.value === 'denied' ? 'refused' : 'impossible'
  return permission.value === 'granted' && answer.value !== 'off' ? 'on' : 'off'
})

/** Whether to offer it: nobody was asked yet, and there is a friend to hear from. */
export const offersNotifications = computed(
  () => permission.value === 'default' && answer.value === null && people.value.some(({ state }) => state === 'mutual'),
)

/** Whether the browser lets the page show notifications at all. */
export const notificationsAllowed = computed(() => permission.value === 'granted')

/** The browser asks the person, unless they have answered. Only a click may call it. */
export async function allowNotifications(): Promise<boolean> {
  permission.value = await Notification.requestPermission()
  return permission.value === 'granted'
}

/** The browser asks the person. Only a click may call it. */
export async function turnOn(): Promise<void> {
  if (await allowNotifications()) setAnswer('on')
}

export const turnOff = (): void => setAnswer('off')

function setAnswer(next: 'on' | 'off'): void {
  answer.value = next
  try {
    localStorage.setItem(ANSWER, next)
  } catch {
    // Where storage is blocked, it holds until the page is closed.
  }
}

function storedAnswer(): string | null {
  try {
    return localStorage.getItem(ANSWER)
  } catch {
    return null
  }
}

/** How many shares were not opened and requests not answered; null until they are listed. */
const newsCount = computed(() => (me.value && sharesListed.value ? unreadCount.value + requests.value.length : null))

/** The title of the view, without the number of news. */
export const viewTitle = signal('')

export function watchNews(): void {
  effect(() => {
    const title = viewTitle.value || s.app
    document.title = newsCount.value ? `(${newsCount.value}) ${title}` : title
  })
  let before: number | null = null
  effect(() => {
    const now = newsCount.value
    // Only an installed app has an icon with room for it.
    void navigator.setAppBadge?.(now ?? 0).catch(() => {})
    if (before !== null && now !== null && now > before) void untracked(notifyDevice)
    before = now
  })
  document.addEventListener('visibilitychange', holdWhileLookedAt)
  holdWhileLookedAt()
}

let stopLooking: (() => void) | undefined

function holdWhileLookedAt(): void {
  stopLooking?.()
  stopLooking = undefined
  if (document.visibilityState !== 'visible') return
  void navigator.locks?.request(LOOKED_AT, { mode: 'shared' }, () => new Promise<void>(resolve => (stopLooking = resolve)))
}

let arrived: Share[] = []

/** A share came while the page was open. */
export function onArrival(share: Share): void {
  if (share.author === me.value?.id || !share.unread) return
  if (arrived.length === 0) setTimeout(tell, TOGETHER_MS)
  arrived.push(share)
}

function tell(): void {
  // What can be undone there must not be lost.
  if (notice.peek()?.undo) return void setTimeout(tell, TOGETHER_MS)
  const [first, ...more] = arrived
  arrived = []
  if (!first || !me.value) return
  // Home shows the shares themselves.
  if (route.value.view === 'home') return
  const text = more.length ? s.news.several(more.length + 1) : s.news.shared(nameOf(first.author, first.authorName))
  notify(text, 'calm', { text: s.news.look, href: more.length ? href.home : href.shared(first.id) })
}

/** Somebody answered to a share while the page was open. */
export function onAnswer(share: string, from: string): void {
  // Its page shows the answer itself, and what can be undone must not be lost.
  const isShown = route.value.view === 'shared' && route.value.id === share
  if (isShown || !me.value || notice.peek()?.undo) return
  notify(s.answers.answered(nameOf(from)), 'calm', { text: s.news.look, href: href.shared(share) })
}

/** Lets the device tell that there is something new, once, if nobody looks at any tab of ours. */
async function notifyDevice(): Promise<void> {
  if (notifications.value !== 'on' || document.visibilityState === 'visible') return
  const { held } = await navigator.locks.query()
  if (held?.some(({ name }) => name === LOOKED_AT)) return
  const registration = await navigator.serviceWorker?.getRegistration()
  await registration?.showNotification(s.app, { body: s.news.notification, tag: 'spinney-news', icon: 'icon.svg' }).catch(() => {})
}
