/**
 * Routes are URL hashes, so that any folder on any host can serve the page.
 *
 * Browsers write the addresses of a tab to the disk, and some send them to an account. So an address holds nothing that
 * names a person, a share or a file, and no secret: `#/v/3` is an index into the memory of this page. After a reload the
 * index means nothing, and the page shows its first view.
 *
 * A link or an invite has to come in an address. Its code is taken out of it at once. Until the reader has answered, it
 * waits in the `sessionStorage` of the tab, so that a reload does not lose it.
 */

import { signal } from '@preact/signals'

/** The ways to meet a friend, each a tab of the sheet over the list of people. */
export type MeetTab = 'invite' | 'scan' | 'paste'

export type Route =
  | { view: 'home' | 'share' | 'transfers' | 'settings' | 'words' | 'links' | 'drops' }
  | { view: 'people'; add?: string; sheet?: MeetTab }
  | { view: 'person'; id: string }
  | { view: 'shared'; id: string; path?: string; folder?: string }
  | { view: 'link' | 'drop'; code: string }

const HOME = '#/'

/** What an address says without the memory of this page. */
export function parse(hash: string): Route {
  // Some chat programs encode the slashes of a link.
  const plain = /^#(\/|%2f)[^/]*%2f/i.test(hash) ? decode(hash) : hash
  const [view = '', ...rest] = plain.replace(/^#\/?/, '').split('/')
  switch (view) {
    case 'share':
    case 'transfers':
    case 'settings':
    case 'words':
    case 'links':
    case 'drops':
      return { view }
    case 'people':
      if (!rest[0]) return { view }
      return isMeetTab(rest[0]) ? { view, sheet: rest[0] } : { view: 'person', id: rest[0] }
    case 'add':
      return { view: 'people', add: rest.join('/') }
    case 'link':
    case 'drop':
      return { view, code: rest.join('/') }
    case 'shares': {
      const [id = '', ...path] = rest
      if (!id) return { view: 'home' }
      return path.length ? { view: 'shared', id, path: decode(path.join('/')) } : { view: 'shared', id }
    }
    default:
      return { view: 'home' }
  }
}

const isMeetTab = (text: string): text is MeetTab => text === 'invite' || text === 'scan' || text === 'paste'

/** Whether an address of this route would tell something. */
const tells = (to: Route): boolean =>
  to.view === 'person' || to.view === 'shared' || to.view === 'link' || to.view === 'drop' || (to.view === 'people' && to.add !== undefined)

/** The routes that have an index, by their address, and the addresses, by their route. */
const hidden = new Map<string, Route>()
const addresses = new Map<string, string>()

/** Begins anywhere, so that no address of before a reload names something else now. */
let next = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0

/** The address of a route that would tell something. The same route has the same address. */
function hide(to: Route): string {
  const key = JSON.stringify(to)
  const known = addresses.get(key)
  if (known !== undefined) return known
  const address = `#/v/${next++}`
  addresses.set(key, address)
  hidden.set(address, to)
  return address
}

export const href = {
  home: HOME,
  people: '#/people',
  invite: '#/people/invite',
  scan: '#/people/scan',
  paste: '#/people/paste',
  person: (id: string) => hide({ view: 'person', id }),
  add: (code: string) => hide({ view: 'people', add: code }),
  share: '#/share',
  transfers: '#/transfers',
  settings: '#/settings',
  words: '#/words',
  links: '#/links',
  drops: '#/drops',
  /** A share, or a folder in it. */
  shared: (id: string, folder = '') => hide({ view: 'shared', id, ...(folder && { folder }) }),
  picture: (id: string, path: string) => hide({ view: 'shared', id, path }),
  link: (code: string) => hide({ view: 'link', code }),
}

/** Forgets every address with an index: nothing that was seen before a lock can be gone back to. */
export function forgetAddresses(): void {
  hidden.clear()
  addresses.clear()
}

/** Where the link or invite waits that was opened in this tab and not answered, and whether a guest agreed to open it. */
const WAITING = 'spinney-opened'
const AGREED = 'spinney-agreed'

/** Forgets the link or invite that was opened in this tab: the reader has answered. */
export function forgetOpened(): void {
  store(WAITING, null)
  store(AGREED, null)
}

/** A guest has agreed to open the link that waits, and is not asked again after a reload. */
export const agreeToOpened = (): void => store(AGREED, 'yes')
export const openedWasAgreed = (): boolean => stored(AGREED) !== null

function keepOpened(hash: string): void {
  store(AGREED, null)
  store(WAITING, hash)
}

// A browser that refuses storage loses a link with a reload. It has to be opened again then.

function stored(name: string): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null
  }
}

function store(name: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, value)
  } catch {
    // See above.
  }
}

/** The place of the present entry in the history, and the addresses of the entries that this page has seen, by place. */
let place = 0
const seen: string[] = []

/** Reads the address, and takes out of it what it must not keep. */
function arrive(): Route {
  let address = location.hash
  let to = hidden.get(address) ?? parse(address)
  if (tells(to) && !hidden.has(address)) {
    if (to.view === 'link' || to.view === 'drop' || to.view === 'people') keepOpened(address)
    address = hide(to)
  } else if (address.startsWith('#/v/') && !hidden.has(address)) {
    address = HOME
    to = parse(address)
  }
  const { state } = history
  if (typeof state === 'number') {
    place = state
  } else {
    // A new entry: what was ahead of the one before is gone.
    place += 1
    seen.length = place
  }
  seen[place] = address
  if (address !== location.hash || state !== place) history.replaceState(place, '', address || HOME)
  return to
}

/** The first route: what waits, unless the address says something else. */
function begin(): Route {
  const to = arrive()
  const waits = to.view === 'home' ? stored(WAITING) : null
  if (waits === null) return to
  const opened = parse(waits)
  const address = hide(opened)
  history.replaceState(place, '', address)
  seen[place] = address
  return opened
}

export const route = signal<Route>(begin())

export function watchRoute(): void {
  addEventListener('hashchange', () => (route.value = arrive()))
}

export function navigate(to: string): void {
  location.hash = to
}

/** Changes the address without a history entry: for the next picture, and after an invite was used. */
export function replaceRoute(to: string): void {
  history.replaceState(place, '', to)
  seen[place] = to
  route.value = hidden.get(to) ?? parse(to)
}

/** Goes back if that leads to this address; else changes the present entry. So Back never leads to what was closed. */
export function closeTo(to: string): void {
  if (seen[place - 1] === to) history.back()
  else replaceRoute(to)
}

/** Whether a scanned text can be an invite, an id or a link. The engine finds the code in it. */
export const isInvite = (text: string): boolean => /#\/(add|link)\/.|k51/i.test(text)

/** Whether a text looks like the code of a device. The engine reads it. */
export const isDeviceCode = (text: string): boolean => text.trim().startsWith('spinney-device:')

/** The link that opens this page and offers to add the person who made the invite. */
export function inviteLink(invite: string): string {
  if (/^https?:/.test(invite)) return invite
  return `${location.origin}${location.pathname}#/add/${invite}`
}

/** The link that opens this page and the share of this code. */
export const shareLink = (code: string): string => `${location.origin}${location.pathname}#/link/${code}`

/** The link that opens this page and the drop box of this code. */
export const dropLink = (code: string): string => `${location.origin}${location.pathname}#/drop/${code}`

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
