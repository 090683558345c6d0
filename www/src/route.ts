/** Routes are hashes, so that any folder on any host serves the page. */

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

/** Changes the address without a step in the history: for the next picture, and for an invite that was used. */
export function replaceRoute(to: string): void {
  history.replaceState(null, '', to)
  route.value = parse(to)
}

/**
 * What was typed or opened as an invite, without the page's own address around it.
 *
 * The engine is given codes and ids; that a link is `<page>#/add/<code>` is the page's business.
 */
export function inviteCode(text: string): string {
  const trimmed = text.trim()
  const at = trimmed.indexOf('#/add/')
  return at < 0 ? trimmed : trimmed.slice(at + '#/add/'.length)
}

/** Whether this can be an invite or an id: a camera sees codes of all kinds. */
export const isInvite = (text: string): boolean => /#\/add\/.|^k51/.test(text.trim())

/** The link that opens this page, wherever it is served, and offers to add whoever made the invite. */
export function inviteLink(invite: string): string {
  if (/^https?:/.test(invite)) return invite
  return `${location.origin}${location.pathname}${href.add(invite)}`
}

/** The link that opens this page, wherever it is served, on what a link's code names. */
export const shareLink = (code: string): string => `${location.origin}${location.pathname}#/link/${code}`

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
