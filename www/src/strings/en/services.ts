/** Texts about pinning services. */

import { plural } from './plurals.ts'

export const services = {
  title: 'Pinning services',
  text: 'A service that you pay or run can hold what you share beside your relay. It gets it from your relay, encrypted, and learns which blocks are yours. What you share with everybody it can read, as everybody can.',
  name: 'What you call it',
  address: 'Address',
  addressHint: 'That of its IPFS Pinning Service API, such as https://pins.example.org',
  token: 'Token',
  tokenHint: 'The service gives it to you. It goes to that service alone.',
  needName: 'Type what you call it.',
  needToken: 'Paste its token.',
  add: 'Add',
  added: (name: string) => `${name} is asked to hold what you share.`,
  remove: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} is asked no more. What it holds stays there.`,
  holds: (n: number) => plural(n, { one: 'Holds # share.', other: 'Holds # shares.' }),
  waiting: (n: number) => plural(n, { one: '# share is on its way.', other: '# shares are on their way.' }),
  failed: (n: number) => plural(n, { one: 'It gave up # share.', other: 'It gave up # shares.' }),
  checked: (when: string) => `It answered ${when}.`,
  notYet: 'It was not asked for anything yet.',
  said: (what: string) => `It says: “${what}”`,
  trouble: {
    unreachable: 'It does not answer, or does not allow pages to ask it. Spinney tries again.',
    strange: 'What answers there is no pinning service. Check the address, remove it, and add it again.',
    token: 'It does not accept the token any more. Remove it here, and add it again with a new token.',
    full: 'It has no more room for you.',
    busy: 'It is busy. Spinney tries again.',
    refused: 'It refused what it was asked.',
    failing: 'It is broken now. Spinney tries again.',
  },
}
