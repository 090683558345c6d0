/** Settings: profile, passphrase, relays and storage. */

import { formatBytes } from '../../format.ts'
import { plural } from './plurals.ts'

export const settings = {
  title: 'Settings',
  profile: 'Profile',
  name: 'Name',
  bio: 'About you',
  bioHint: 'Public to anyone who has your id.',
  saved: 'Your profile is saved.',
  security: 'Passphrase and words',
  oldPassphrase: 'Passphrase now',
  newPassphrase: 'New passphrase',
  change: 'Change the passphrase',
  changed: 'The passphrase is changed. An old backup of this disk still opens with the old one.',
  showWords: 'Show my recovery words',
  leftOut: (n: number) =>
    `You have so many people and shares that your words would not bring back ${plural(n, { one: '# entry', other: '# entries' })}. Remove what you no longer need.`,
  wordsPassphrase: 'Passphrase, to show the words',
  lock: 'Lock',
  lockHint: 'Everything disappears from this page until the passphrase is typed again.',
  autoLock: 'Lock by itself',
  autoLockText:
    'After this time without use in this browser. It waits while something is read, saved or played, and ends “Stay signed in”.',
  lockAfter: (minutes: number) => (minutes === 0 ? 'Never' : minutes === 60 ? 'After an hour' : `After ${minutes} minutes`),
  remove: 'Remove this profile from this browser',
  removeText:
    'Your keys, contacts and pictures are deleted from this browser. Only your 24 words bring them back, from your relay. This cannot be undone.',
  removeConfirm: (name: string) => `Type ${name} to allow it`,
  removeButton: 'Delete everything here for good',
  network: 'Relays',
  networkText: 'A relay lets browsers meet and keeps what you share, encrypted, while your page is closed.',
  noRelays: 'This page has no relay. Everything stays in this browser.',
  relayConnected: 'connected',
  relayAddress: 'Its address',
  relayDown: 'not connected, trying again',
  peers: (n: number) => `${plural(n, { one: '# browser', other: '# browsers' })} of friends connected`,
  storage: 'Storage',
  used: (used: number, quota: number) => `${formatBytes(used)} of about ${formatBytes(quota)} used`,
  persisted: 'This browser keeps it until you delete it.',
  notPersisted: 'This browser may delete it when the disk is full. Keep your words safe.',
  collect: 'Free what is not needed',
  freed: (n: number) => (n ? `${formatBytes(n)} freed.` : 'There was nothing to free.'),
  about: 'About',
  version: 'Build',
  engine: 'Engine',
  leader: 'runs in this tab',
  attached: 'runs in another tab',
  install: 'Install as an app',
  installText: 'The app has its own window and icon, and other programs can share files to it.',
}
