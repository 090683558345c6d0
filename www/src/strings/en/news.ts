/** What a person is told of while they look at something else. */

import { plural } from './plurals'

export const news = {
  shared: (name: string) => `${name} shared something with you.`,
  several: (n: number) => `${plural(n, { one: '# new share', other: '# new shares' })} from your friends.`,
  look: 'Look',
  // It may show on a locked screen and stays in the browser's files: so it names nobody.
  notification: 'There is something new from a friend.',
  title: 'Notifications',
  text: 'Your device tells you when a friend shares something or asks to be added, while you look at another tab or program. It names nobody. Spinney has to be open in some tab.',
  turnOn: 'Turn on notifications',
  label: 'Tell me when there is something new',
  refused: 'This browser blocks notifications of this page. Allow them for this address in the browser’s settings.',
  offer: 'Hear of it when a friend shares something.',
  offerWhy: 'Your device can tell you while you look at another tab.',
  notNow: 'Not now',
}
