/** Texts about changing keys after a theft, one's own and those of a contact. */

import { plural } from './plurals.ts'

export const keys = {
  title: 'After a theft',
  text: 'If somebody has a device of yours, or your passphrase, your 24 words make new keys. Your friends follow by themselves.',
  open: 'Change my keys',
  what: 'What changes',
  reads:
    'Until a friend has followed, a thief can still read what that friend sends to your old keys, and all that the old keys could read before.',
  links: 'Links and invites that you gave out stop working. Make new ones.',
  devices: 'Your other devices keep the old keys. Link each of them again, and remove the old profile there.',
  six: 'Your six words are new. Compare them again with the friends who had compared them.',
  passkeys: 'Passkeys have to be added again.',
  stolenWords: 'If somebody may have your 24 words, this does not help: make a new profile and tell your friends.',
  stay: 'The same 24 words stay good. They are not kept in this browser any more, so keep your paper.',
  words: 'Your 24 recovery words',
  passphrase: 'Passphrase for the new keys',
  submit: 'Change my keys now',
  busy: 'Changing your keys…',
  changed: 'Your keys are changed.',
  waiting: (n: number) =>
    n === 0
      ? 'All of your friends have followed.'
      : `${plural(n, { one: '# friend has', other: '# friends have' })} not followed yet. What they send meanwhile goes to your old keys, which a thief may read.`,
  linksAnew: (titles: readonly string[]) =>
    `These links do not open any more. Make new ones: ${titles.map(title => `“${title}”`).join(', ')}.`,
  linkDevices: 'Link your other devices again.',
  seen: 'I have read it',
  old: 'Your keys were changed on another device.',
  oldWhy:
    'This browser has only the old ones, and your friends do not listen to them. Remove this profile here, then link this browser again.',
  ofContact: (name: string) => `${name} changed their keys.`,
  ofContactWords: (name: string) => `Your six words with ${name} are new: compare them again.`,
  ofContactSame: 'You did nothing and need to do nothing. Your shares go on.',
  ofContactSeen: 'OK',
  goOn: 'Go on with this profile',
  goOnHint:
    'Nothing of theirs comes, and they get nothing new from you, until you decide. Call them first. If it is not them, block this profile.',
}
