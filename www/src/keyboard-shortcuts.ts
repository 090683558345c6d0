/** Global keyboard shortcuts: `/` focuses the search, `n` starts a share. */

import { navigate, href } from './route'
import { me } from './state/session'

export function listenForShortcuts(): void {
  addEventListener('keydown', event => {
    if (!me.value || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]'))
      return
    if (event.key === '/') {
      // A view with a search field handles this event.
      const asked = new CustomEvent('spinney:search', { cancelable: true })
      if (!dispatchEvent(asked)) event.preventDefault()
    } else if (event.key === 'n') {
      event.preventDefault()
      navigate(href.share)
    }
  })
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
