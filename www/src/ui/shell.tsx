/** The frame of every view while a profile is unlocked: navigation, connection status and banners. */

import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { displayText, fullDateTime, timeOfDay } from '../format'
import { language } from '../language'
import { href, type Route, route } from '../route'
import { people } from '../state/contacts'
import { clockAhead, connection, unreachableSince } from '../state/network'
import { viewTitle } from '../state/news'
import { requests } from '../state/requests'
import { lock, me, revealedWords, wordsUnconfirmed } from '../state/session'
import { unreadCount } from '../state/shares'
import { missingBytes } from '../state/storage'
import { activeTransfers } from '../state/transfers'
import { s } from '../strings'
import { FinishOffer } from '../views/finish-profile'
import { Avatar } from './avatar'
import { FolderWarning } from './folder-warning'
import { Icon, type IconName, Logo } from './icon'
import { OwnKeysBanner } from './keys-banner'
import { NotificationOffer } from './notifications'
import { RemovedBanner } from './removed-banner'
import { RestoredBanner } from './restored-banner'

export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <div class="shell">
      <NavigationRail />
      {children}
    </div>
  )
}

const focusContent = (event: MouseEvent) => {
  event.preventDefault()
  document.querySelector<HTMLElement>('main h1')?.focus()
}

interface Item {
  to: string
  icon: IconName
  label: string
  views: Route['view'][]
  badge?: { count: number; says: string }
  /** Blue for news, amber for what waits for the reader; grey for a fact. */
  tone?: 'news' | 'asks'
  /** The main act of the page, which stands out. */
  act?: boolean
  /** The reader's face, which a phone shows in place of the icon. */
  face?: ComponentChildren
}

function NavigationRail() {
  const view = route.value.view
  const item = ({ to, icon, label, views, badge, tone, act, face }: Item) => (
    <a class={act ? 'act' : undefined} href={to} aria-current={views.includes(view) ? 'page' : undefined}>
      {face}
      <Icon name={icon} />
      <span>{label}</span>
      {badge?.count ? (
        <b class={tone ? `badge ${tone}` : 'badge'}>
          <span aria-hidden="true">{badge.count}</span>
          <span class="visually-hidden">{badge.says}</span>
        </b>
      ) : null}
    </a>
  )
  const busy = activeTransfers.value.length
  const asking = requests.value.length
  const unread = unreadCount.value
  const who = me.value
  const face = who && <Avatar id={who.id} name={who.name} avatar={who.avatar} size="small" />
  return (
    <nav class="rail" aria-label={s.nav.label}>
      <a class="skip" href={location.hash || href.home} onClick={focusContent}>
        {s.skip}
      </a>
      <div class="brand">
        <Logo />
        {s.app}
      </div>
      {item({
        to: href.home,
        icon: 'home',
        label: s.nav.home,
        views: ['home', 'shared', 'link', 'links'],
        badge: { count: unread, says: s.nav.newShares(unread) },
        tone: 'news',
      })}
      {item({
        to: href.people,
        icon: 'people',
        label: s.nav.people,
        views: ['people', 'person', 'drops'],
        badge: { count: asking, says: s.requests.count(asking) },
        tone: 'asks',
      })}
      {item({ to: href.share, icon: 'plus', label: s.nav.share, views: ['share'], act: true })}
      {item({
        to: href.transfers,
        icon: 'transfers',
        label: s.nav.transfers,
        views: ['transfers'],
        badge: { count: busy, says: s.nav.busy(busy) },
      })}
      {item({ to: href.settings, icon: 'settings', label: s.nav.settings, views: ['settings', 'words'], face })}
      {who && (
        <div class="own">
          <a href={href.settings}>
            <Avatar id={who.id} name={who.name} avatar={who.avatar} />
            <span class="truncate" dir="auto">
              {who.waiting ? s.finish.noName : displayText(who.name)}
            </span>
          </a>
          {!who.waiting && (
            <button type="button" class="icon-button" aria-label={s.nav.lock} title={s.settings.lockHint} onClick={() => void lock()}>
              <Icon name="lock" />
            </button>
          )}
        </div>
      )}
    </nav>
  )
}

interface PageProps {
  title: string
  /** Replaces `title` as the document's title if the heading is a secret, because browsers store titles in their history. */
  named?: string
  /** Buttons beside the title. */
  actions?: ComponentChildren
  side?: ComponentChildren
  /** Uses all of a wide screen, for a grid. */
  wide?: boolean
  children: ComponentChildren
}

/** One view. Its heading gets the focus on arrival and names the document. */
export function Page({ title, named, actions, side, wide, children }: PageProps) {
  const heading = useHeading(title, named)
  return (
    <>
      <main class={wide ? 'page wide stack' : 'page stack'}>
        <header class="page-head">
          <h1 ref={heading} tabIndex={-1} dir="auto">
            {title}
          </h1>
          <ConnectionStatus />
          {actions}
        </header>
        <Banners />
        {children}
      </main>
      {side && <aside class="side stack">{side}</aside>}
    </>
  )
}

/** Focuses the heading once and sets the document's title. */
export function useHeading(title: string, named = title) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // An element that has set the focus itself keeps it.
    if (document.activeElement?.closest('main')) return
    heading.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [])
  useEffect(() => {
    viewTitle.value = s.title(named)
  }, [named, language.value])
  return heading
}

export function ConnectionStatus() {
  const state = connection.value
  const here = people.value.filter(({ online }) => online).length
  const since = state === 'none' ? unreachableSince.value : null
  const tone = state === 'connected' || state === 'noRelay' ? 'chip' : 'chip new'
  // A phone has little space beside the title: show the status on other views only if something is wrong.
  const calm = state === 'connected' && route.value.view !== 'home'
  return (
    <span class={`${tone} connection${calm ? ' calm' : ''}`} role="status">
      <i class={state === 'connected' ? 'dot live' : 'dot'} />
      <span>{since ? s.connection.since(timeOfDay(since)) : s.connection[state]}</span>
      {here > 0 && (state === 'connected' || since) && (
        <span>· {state === 'connected' ? s.connection.friends(here) : s.connection.reached(here)}</span>
      )}
    </span>
  )
}

/** Says that the clock of this device is wrong, with both times. */
function ClockWarning() {
  const ahead = clockAhead.value
  if (ahead === null) return null
  const now = Date.now()
  return (
    <section class="banner">
      <Icon name="warning" />
      <p class="grow">
        <b>{s.clock.wrong(fullDateTime(new Date(now)), fullDateTime(new Date(now - ahead)))}</b>{' '}
        {Math.abs(ahead) > TOLERATED_MS ? s.clock.much : s.clock.little}
      </p>
    </section>
  )
}

/** How far a clock may be wrong before relays refuse what it dates: what comes after this is refused by the format. */
const TOLERATED_MS = 30 * 24 * 60 * 60 * 1_000

/** The views that show reminders. On other views they would be in the way. */
const REMINDER_VIEWS: ReadonlySet<Route['view']> = new Set(['home', 'settings'])

function Banners() {
  return (
    <>
      <RemovedBanner />
      <RestoredBanner />
      <OwnKeysBanner />
      <ClockWarning />
      {REMINDER_VIEWS.has(route.value.view) && <FolderWarning />}
      {route.value.view === 'home' && <NotificationOffer />}
      {me.value?.waiting && REMINDER_VIEWS.has(route.value.view) && <FinishOffer />}
      {wordsUnconfirmed.value && !revealedWords.value && REMINDER_VIEWS.has(route.value.view) && (
        <section class="banner">
          <Icon name="warning" />
          <p class="grow">
            <b>{s.words.banner}</b> <span class="why">{s.words.bannerWhy}</span>
          </p>
          <a class="button" href={href.words}>
            {s.words.bannerButton}
          </a>
        </section>
      )}
      {missingBytes.value !== null && (
        <section class="banner bad" role="alert">
          <Icon name="warning" />
          <p class="grow">{s.quota.full(missingBytes.value)}</p>
          <a class="button" href={href.settings}>
            {s.quota.open}
          </a>
        </section>
      )}
    </>
  )
}
