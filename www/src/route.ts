/** Routes are URL hashes, so that any folder on any host can serve the page. */

import { signal } from '@preact/signals'

export type Route =
  | { view: 'home' | 'share' | 'transfers' | 'settings' | 'words' | 'links' }
  | { view: 'people'; add?: string; invite?: boolean }
  | { view: 'person'; id: string }
  | { view: 'shared'; id: string; path?: string }
  | { view: 'link'; code: string }

export function parse(hash: string): Route {
  const [view = '', ...rest] = hash.replace(/^#\/?/, '').split('/')
  switch (view) {
    case 'share':
    case 'transfers':
    case 'settings':
    case 'words':
    case 'links':
      return { view }
    case 'people':
      return !rest[0] || rest[0] === 'invite' ? { view, invite: rest[0] === 'invite' } : { view: 'person', id: rest[0] }
    case 'add':
      return { view: 'people', add: rest.join('/') }
    case 'link':
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

export const href = {
  home: '#/',
  people: '#/people',
  invite: '#/people/invite',
  person: (id: string) => `#/people/${id}`,
  add: (code: string) => `#/add/${code}`,
  share: '#/share',
  transfers: '#/transfers',
  settings: '#/settings',
  words: '#/words',
  links: '#/links',
  shared: (id: string) => `#/shares/${id}`,
  picture: (id: string, path: string) => `#/shares/${id}/${encodeURIComponent(path)}`,
}

export const route = signal<Route>(parse(location.hash))

export function watchRoute(): void {
  addEventListener('hashchange', () => (route.value = parse(location.hash)))
}

export function navigate(to: string): void {
  location.hash = to
}

/** Changes the address without a history entry: for the next picture, and after an invite was used. */
export function replaceRoute(to: string): void {
  history.replaceState(null, '', to)
  route.value = parse(to)
}

/**
 * The code of an invite, without the address of the page around it.
 *
 * The engine takes codes and ids. Only the page knows that a link is `<page>#/add/<code>`.
 */
export function inviteCode(text: string): string {
  const trimmed = text.trim()
  const at = trimmed.indexOf('#/add/')
  return at < 0 ? trimmed : trimmed.slice(at + '#/add/'.length)
}

/** Whether a scanned text can be an invite or an id. */
export const isInvite = (text: string): boolean => /#\/add\/.|^k51/.test(text.trim())

/** The link that opens this page and offers to add the person who made the invite. */
export function inviteLink(invite: string): string {
  if (/^https?:/.test(invite)) return invite
  return `${location.origin}${location.pathname}${href.add(invite)}`
}

/** The link that opens this page and the share of this code. */
export const shareLink = (code: string): string => `${location.origin}${location.pathname}#/link/${code}`

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
