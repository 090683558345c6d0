/** Being told while Spinney is closed. */

/** What the service worker shows, also before the page has left it another text. It names nobody. */
export const told = 'Something new in Spinney'

export const push = {
  told,
  label: 'Tell me when this page is closed',
  text: 'When a request or a drop waits for you, your relay sends this browser an empty message through the push service of the browser’s maker. Both learn that something came, and when; not what or from whom. It does not tell of new shares. One profile in this browser can have it.',
  on: 'This browser now tells you while Spinney is closed.',
  off: 'This browser no longer tells you while Spinney is closed.',
  needRelay: 'Your relay does not offer this. Who runs it can turn on Web Push.',
  needService: 'This browser reaches no push service, so it cannot be told. Check the connection, or use another browser.',
  needReach: 'Your relay is not reached. Try again when it is.',
}
