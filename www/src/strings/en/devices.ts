/** Texts about linking one more device. */

import { formatList, plural } from './plurals.ts'

export const devices = {
  title: 'Your devices',
  text: 'Use this profile on your phone and your laptop. Each has a passphrase of its own.',
  here: 'this one',
  unnamed: 'A device without a name',
  added: (day: string) => `Since ${day}`,
  rename: 'Rename',
  renameNamed: (name: string) => `Rename ${name}`,
  newName: 'New name',
  save: 'Save the name',
  online: 'online',
  lastSeen: (when: string) => `last seen ${when}`,
  newSince: (day: string, name: string) => `New device since ${day}: ${name}`,
  known: 'It was me',
  remove: 'Remove',
  removeNamed: (name: string) => `Remove ${name}`,
  removeTitle: (name: string) => `Remove “${name}”?`,
  removeDoes: 'Your other devices and your friends stop showing it and giving it anything, and your relays take nothing from it.',
  removeHas:
    'It has your identity and cannot be made to forget it. If it is locked, nobody can open it without its passphrase. If it is open, who has it can read what your friends share with you.',
  stolen: 'Was it stolen? Your 24 words make new keys, which it does not have:',
  newKeys: '“After a theft” in the settings',
  removeThis: 'Remove this device',
  removed: (name: string) => `“${name}” is removed.`,
  removedHere: 'Another device of yours removed this one.',
  removedHereText:
    'What you do here reaches nobody: no friend, no relay and no other device of yours. To use this browser again, remove the profile here in the settings and link it anew.',
  link: 'Link another device',
  passphrase: 'Your passphrase on this device',
  showCode: 'Show the code',
  warning: 'Only for your own device, here beside you. No friend and no helper ever needs it.',
  how: 'On your other device open this address, choose “I have Spinney on another device” and scan the code.',
  address: 'Address',
  qr: 'The code for your other device, as a QR code',
  asText: 'Show the code as text',
  code: 'Code',
  until: (time: string) => `The code is good for one device, until ${time}.`,
  asks: (name: string) => `“${name}” has read the code.`,
  gives: 'Type the four words that it shows, and it can do all that you can: read your shares, write to your friends, and be you.',
  words: 'The four words',
  give: 'Link this device',
  linked: (name: string) => `“${name}” is linked.`,
  newCode: 'Show a new code',
  ended: 'The code is over. If this was you, show a new one.',
  wrong: (tries: number) =>
    tries > 0
      ? `These are not the words that your other device shows. You can try ${plural(tries, { one: '# more time', other: '# more times' })}.`
      : 'These are not the words that your other device shows. The code is over: show a new one.',
  needFour: (n: number) => `Your other device shows four words; these are ${n}.`,
  wrongWord: (position: number, near: readonly string[]) =>
    near.length
      ? `Word ${position} is none that a device shows. Did you mean ${formatList(near, 'or')}?`
      : `Word ${position} is none that a device shows. Check its spelling.`,
}

export const join = {
  start: 'I have Spinney on another device',
  title: 'Use your profile on this device too',
  text: 'On your other device open Settings, “Link another device”. Then scan the code that it shows, or paste it.',
  code: 'The code of your other device',
  scan: 'Scan the code',
  scanTitle: 'Scan the code of your other device',
  scanText: 'Hold the code of your other device before the camera.',
  scanOther: 'This is not the code of a device. On your other device open Settings, “Link another device”.',
  needCode: 'Scan or paste the code first.',
  needWholeCode: 'A part of this code is missing or changed. Copy all of it again.',
  needReach: 'Your other device is not reached. Leave it open and unlocked, and check both connections.',
  name: 'Name of this device',
  nameHint: 'You see it in the list of your devices.',
  names: { phone: 'My phone', computer: 'My computer' },
  passphrase: 'New passphrase for this device',
  note: 'Your 24 words do not come here. They stay where you wrote them down.',
  submit: 'Go on',
  busy: 'Reaching your other device…',
  wordsTitle: 'Type these four words on your other device',
  wordsText: 'They show that no other device came in between. Leave both open.',
  whose: (name: string) => `This becomes a device of ${name}`,
  whoseUnknown: 'This becomes a device of your profile',
  whoseText: 'Your friends and shares come here. If this is not you, say no.',
  yes: 'Yes, this is me',
  no: 'No',
  restoring: 'Bringing your friends and shares here…',
}
