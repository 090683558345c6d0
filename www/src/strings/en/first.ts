/** Texts about sending first: the link before a profile has a name, and giving it one. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const first = {
  region: 'Files to send',
  drop: 'Drop pictures, files or a folder anywhere',
  choose: 'What would you like to send?',
  orPick: 'or choose them here',
  chosen: (n: number, size: number) => (n ? `${plural(n, { one: '# file', other: '# files' })} · ${formatBytes(size)}` : 'A folder'),
  more: (n: number) => `and ${formatCount(n)} more`,
  clear: 'Start again',
  get: 'Get a link',
  making: 'Making your keys…',
  kept: 'No name and no passphrase needed. This browser keeps the profile that sends it until you give it a name and a passphrase; anyone who uses this browser can open it. If the data of this site is cleared before, it is lost.',
  cannotKeep: 'This browser cannot keep a profile without a passphrase here, so nothing was sent. Make a profile with one, then share.',
  sendingTitle: 'Making your link',
  ready: 'Your link is ready',
  readyText: (title: string) => `Anyone who has it can open “${title}”. It is encrypted: your relay cannot read it.`,
  linkOf: (title: string) => `The link to ${title}`,
  copy: 'Copy link',
  uploading: 'Uploading. Keep this page open until it is done: until then the link opens nothing.',
  uploaded: 'Uploaded. The link works while this page is closed, too.',
  go: 'Go to what I shared',
  toForm: 'Change something first',
}

export const finish = {
  title: 'Give yourself a name and a passphrase',
  text: 'So that friends know you and you can come back.',
  risk: 'Until then this browser keeps your profile, and anyone who uses this browser can open it. If the data of this site is cleared, your profile and your links are lost.',
  forFriends: 'Friends see your name, so choose one first. The passphrase keeps others who use this browser out.',
  open: 'Choose a name and a passphrase',
  submit: 'Save name and passphrase',
  busy: 'Making your keys…',
  done: (name: string) => `You are ${name} from now on.`,
  noName: 'No name yet',
  waits: 'You have sent something from here and chosen no name and no passphrase yet.',
  other: 'Use another profile',
  otherHint: 'Goes to the first screen. This one stays there, and opens without a passphrase.',
}
