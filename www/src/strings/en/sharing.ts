/** Texts about shares: composing, opening and changing them, and links. */

import { formatBytes, formatCount } from '../../format.ts'
import { LIMITS, type Saved } from '../../generated.ts'
import { formatList, plural } from './plurals.ts'

export const share = {
  summary: (n: number, size: number) => `${plural(n, 'file', 'files')} · ${formatBytes(size)}`,
  loading: 'Opening the share…',
  loadingFiles: 'Loading the list of files…',
  noFiles: 'This share has no files.',
  elsewhere: (hosts: string) =>
    `Its files may be at ${hosts}, a relay of somebody whom you do not know. To get them, this page connects there, and the relay sees your network address.`,
  lookElsewhere: 'Get it from there',
  gone: 'This share is gone, or it is not for this profile.',
  pictures: 'Pictures',
  others: 'Files',
  by: (name: string, when: string) => `${name} shared this ${when}`,
  byYou: (when: string) => `You shared this ${when}`,
  passedOn: (maker: string, by: string, when: string) => `${maker} made it, ${by} passed it on ${when}`,
  passedOnByYou: (maker: string, when: string) => `${maker} made it, you passed it on ${when}`,
  saveAllSize: (size: number) => `Save all · ${formatBytes(size)}`,
  saveFolder: 'Save into a folder',
  savingFolder: (name: string) => `Saving into a folder in ${name}. See the progress in Transfers.`,
  savedFolder: ({ folder, written, already, renamed, leftOut }: Saved) =>
    [
      `${leftOut > 0 ? 'Saved' : 'Everything is saved'} in the ${already > 0 ? '' : 'new '}folder “${folder}”${leftOut > 0 ? ', but not everything.' : '.'}`,
      already > 0 &&
        (written > 0 ? `${plural(written, 'file is', 'files are')} new, the others were there already.` : 'It was there already.'),
      renamed > 0 && `${plural(renamed, 'file has', 'files have')} another name there.`,
      leftOut > 0 &&
        `${plural(leftOut, 'file is', 'files are')} left out, because this computer does not allow the name. See which in Transfers.`,
    ]
      .filter(Boolean)
      .join(' '),
  savingFailed: (why: string) =>
    `Saving into a folder broke off. ${why} What is saved already stays. Save again into the same folder to get the rest.`,
  keep: 'Keep in this browser',
  keeping: 'Fetching everything into this browser.',
  download: 'Download',
  downloadFile: (path: string) => `Download ${path}`,
  view: (path: string) => `Open ${path}`,
  remove: 'Remove this share',
  removeMine: {
    contacts: 'Remove: friends cannot get it any more',
    self: 'Remove it for good',
    link: 'Remove: its link stops working',
    public: 'Remove: nobody can get it from you any more',
  },
  removed: (title: string) => `“${title}” is removed.`,
  details: {
    id: 'Share id',
    root: 'Sealed manifest (CID)',
    directory: 'Directory (CID), for any IPFS tool',
    author: 'Author’s id',
    maker: 'Id of who made it',
    created: 'Made',
  },
  here: 'In this browser',
  partlyHere: (have: number, size: number) => `${formatBytes(have)} of ${formatBytes(size)} in this browser`,
}

export const audience = {
  self: 'Only you',
  youAnd: (people: readonly string[]) => (people.length ? `Only ${formatList(['you', ...people])}` : 'Only chosen people'),
  youAndMany: (people: readonly string[], others: number) => `Only you, ${people.join(', ')} and ${plural(others, 'other', 'others')}`,
  public: 'Anyone can read it',
  link: 'Anyone with the link',
  withdrawn: 'Withdrawn: only you',
  forYou: (author: string) => `Only people ${author} chose`,
}

export const availability = {
  uploading: 'On its way to your relay',
  waiting: 'Only in this browser so far',
  notSent: 'Not at your relay',
  failed: 'Only in this browser: sending it failed',
  relay: 'Kept at your relay',
  hereAndRelay: 'In this browser and at your relay',
  noRelay: 'Only in this browser: there is no relay',
  theirs: (author: string) => `Kept at ${author}’s relay`,
  theirsWaits: (author: string) => `Not at ${author}’s relay yet`,
}

export const delivery = {
  unknown: 'may open it',
  queued: 'waits in this browser to be sent',
  kept: 'kept for them by your relay',
  fetched: 'has fetched it',
  opened: 'has opened it',
  receiptsOff: 'You see whether they fetched and opened it only if both of you turn receipts on, in',
}

export const access = {
  title: 'Who may open it',
  nobody: {
    contacts: 'You took it back: only you can open it. You can give it to people again.',
    self: 'Only you.',
    link: 'Anyone who has the link. Switch it off above when you want that to end.',
    public:
      'Anyone: it is not encrypted, and you cannot take it back from people who have it. To take it out of your feed, remove it under Details.',
  },
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name} from this share`,
  promise: (name: string) =>
    `${name} can still open what is in this share today, and gets nothing you add later. To end that too, withdraw the share.`,
  removeText: 'Whom you remove can still open what is in it today. To end that too, withdraw it.',
  former: (people: readonly string[]) =>
    `${formatList(people)} ${people.length === 1 ? 'was' : 'were'} removed and can still open what was in it then. To end that, withdraw it.`,
  nobodyNow: 'You removed everybody: nobody gets what you add now.',
  add: 'Add people',
  give: 'Give it to people',
  addText: 'They can open everything in it now, and what you add later.',
  added: (people: readonly string[], title: string) => `“${title}” is on its way to ${formatList(people)}.`,
  withdraw: 'Withdraw it',
  withdrawText:
    'This takes it back from everybody who has it or had it, and relays stop giving it out within a day. They keep what they saved.',
  withdrew: (title: string) => `“${title}” is taken back from everybody. They keep what they saved.`,
}

export const addFiles = {
  title: 'Add files',
  text: 'Everybody who may open it gets them too. A file with the same name is replaced.',
  textSelf: 'A file with the same name is replaced.',
  done: (n: number, title: string) => `${plural(n, 'file is', 'files are')} added to “${title}”.`,
  refused: (list: readonly string[]) =>
    `These files cannot be shared: ${list.slice(0, 5).join(', ')}. Rename them on your disk and choose them again.`,
}

export const passOn = {
  title: 'Pass it on',
  text: (maker: string) => `They see that ${maker} made it and that you passed it on. They can open what is in it now.`,
  submit: (n: number) => (n ? `Pass on to ${plural(n, 'person', 'people')}` : 'Pass on'),
  done: (title: string) => `“${title}” is passed on.`,
}

export const links = {
  title: 'Links',
  all: 'All my links',
  one: 'Its link',
  text: 'Anyone who has one of these links can open its share, without a profile.',
  empty: 'No links yet',
  emptyText: 'Anyone who has a link can open its share, in any browser.',
  begin: 'Share by link',
  withPassword: 'With a password',
  withoutPassword: 'No password',
  withPasswordText: 'They need the password too. Do not send it together with the link.',
  withoutPasswordText: 'Send it in a way you trust: the link is all that they need.',
  ends: (when: string) => `Ends ${when}`,
  noEnd: 'No end',
  made: (when: string) => `Made ${when}`,
  copy: 'Copy the link',
  qr: (title: string) => `The link to ${title} as a QR code`,
  fieldOf: (title: string) => `The link to ${title}`,
  switchOff: 'Switch off for good',
  switchOffOf: (title: string) => `Switch off for good: the link to ${title}`,
  switchOffText: 'Then nobody can open the link. You keep the share, and they keep what they saved.',
  switchedOff: (title: string) => `The link to “${title}” is switched off.`,
  off: 'It is switched off or has ended, and does not open any more.',
}

export const openLink = {
  title: 'Opening a link',
  ask: 'Open this link?',
  askText:
    'A link was opened in this browser. What it shares, and who shares it, shows only after you open it. Then it is among your shares.',
  askGuest: 'A link was opened in this browser. What it shares, and who shares it, shows only after you open it.',
  askRelays: 'To open it, Spinney connects to the relays that the link names. They see your network address.',
  askHosts: (hosts: readonly string[]) => `To open it, Spinney connects to ${formatList(hosts)}. They see your network address.`,
  askAuthor: (name: string) => `The link says that it is from ${name}.`,
  agree: 'Open the link',
  opening: 'Looking for what it opens…',
  checking: 'Trying the password…',
  password: 'Password of this link',
  passwordText: 'This link has a password. Ask the person who sent it to you.',
  open: 'Open',
  start: 'Open my profile',
  make: 'Make a profile',
  keep: 'Keep it in a profile',
  keepText: 'You are a guest: this browser keeps nothing of it. With a profile you can keep it among your shares.',
  taken: (title: string) => `“${title}” will be among your shares.`,
  asGuest: (title: string) => `You have “${title}” open as a guest.`,
  backTo: 'Back to it',
  ended: 'This link has ended: ask the person who sent it to you for a new one.',
  errors: {
    'wrong-passphrase': 'That is not the password of this link.',
    'invalid-id': 'A part of this link is missing or mistyped. Copy all of it and try again.',
    'not-found': 'This link does not open any more: it was switched off or has ended.',
    unreachable: 'We cannot reach anybody who has this now. Check your connection, or try again later.',
  } as Record<string, string>,
}

export const compose = {
  title: 'Share',
  drop: 'Drop pictures, files or a folder anywhere',
  choose: 'What would you like to share?',
  dropNow: 'Let go to add them',
  orPick: 'or choose them here',
  pickFiles: 'Choose files',
  pickFolder: 'Choose a folder',
  addFiles: 'Add files',
  addFolder: 'Add a folder',
  chosen: (n: number, size: number) => `${plural(n, 'file', 'files')} · ${formatBytes(size)}`,
  reading: 'Reading the folder…',
  more: (n: number) => `and ${formatCount(n)} more`,
  removeFile: (path: string) => `Leave out ${path}`,
  clear: 'Clear all',
  titleField: 'Title',
  titlePlaceholder: 'What is it?',
  note: 'Note',
  notePlaceholder: 'A few words for your friends',
  who: 'Who may open it',
  whoSearch: 'Search people',
  noPeople: 'You have added nobody yet. Add a friend first, or share in another way.',
  addFriend: 'Add a friend',
  kinds: {
    contacts: { name: 'People you choose', hint: 'Encrypted for exactly them' },
    self: { name: 'Only me', hint: 'Encrypted, for yourself' },
    link: { name: 'Anyone with a link', hint: 'They need no profile' },
    public: { name: 'Everybody', hint: 'Not encrypted: anyone can read it' },
  },
  circles: 'Circles',
  circle: (name: string, n: number) => `${name} (${formatCount(n)})`,
  circlesHint: 'A circle chooses the people who are in it now.',
  unfit: {
    resolving: 'not found yet',
    following: 'you only follow them: add them to share with them',
    blocked: 'you blocked them',
  },
  linkPassword: 'Password',
  linkPasswordHint: 'Without it nobody can open the link, and nobody can reset it. Do not send it together with the link.',
  lastDay: 'Last day',
  lastDayHint: 'After that day your relay no longer keeps it.',
  lastDayOver: 'The last day is over already: choose a later one.',
  publicText:
    'Anyone can read this, copy it and pass it on, and your public feed shows it. You cannot take it back from people who have it.',
  location: 'Keep where pictures were taken',
  locationHint:
    'If this is off, we remove the location from pictures and films before we share them. Where we cannot, we ask you first. Other files stay as they are.',
  willContacts: (people: readonly string[]) =>
    `Only ${formatList(['you', ...people])} can open it: it is encrypted before it leaves this browser.`,
  willMany: (people: readonly string[], others: number) =>
    `Only you, ${people.join(', ')} and ${plural(others, 'other', 'others')} can open it: it is encrypted before it leaves this browser.`,
  willSelf: 'Encrypted for you alone before it leaves this browser.',
  willLink: (password: boolean, until: string | undefined) =>
    `Anyone who has the link${password ? ' and its password' : ''} can open it${until ? ` until ${until}` : ''}. It is encrypted before it leaves this browser.`,
  willPublic: 'Anyone can read this. You cannot take it back from people who have it.',
  submit: (n: number) => `Share with ${plural(n, 'person', 'people')}`,
  submitTo: { self: 'Put away for me', link: 'Make the link', public: 'Share with everybody, for good' },
  submitNobody: 'Share',
  needFiles: 'Choose at least one file.',
  needTitle: 'Give it a title.',
  titleTooLong: `A title has at most ${LIMITS.titleChars} characters.`,
  noteTooLong: `A note has at most ${formatCount(LIMITS.noteChars)} characters.`,
  needPeople: 'Choose who may open it.',
  refusedTitle: 'These files cannot be shared',
  refusedHint: 'Rename them on your disk and choose them again. Everything else is fine.',
  refusals: {
    empty: 'has an empty part in its path',
    dots: 'is named “.” or “..”',
    control: 'has an invisible control character in its name',
    direction: 'has an invisible character in its name that reverses the text after it',
    backslash: 'has a backslash in its name',
    segment: `has a name longer than ${LIMITS.segmentBytes} bytes`,
    path: `has a path longer than ${formatCount(LIMITS.pathBytes)} bytes`,
    unreadable: 'cannot be read',
  },
  preparing: (done: number, of: number) => `Making previews: ${formatCount(done)} of ${formatCount(of)}`,
  sealing: 'Encrypting',
  stay: 'Keep this page open until everything is encrypted. You can look at other things in it meanwhile.',
  shared: (title: string) => `“${title}” is encrypted here and on its way.`,
  locationStays: (n: number) =>
    n === 1 ? 'This file may still say where it was taken:' : `These ${formatCount(n)} files may still say where they were taken:`,
  locationStaysText: 'We cannot remove it from there. Nothing is shared yet.',
  locationLeaveOut: 'Leave out, and share the rest',
  locationAsTheyAre: 'Share all the same',
}
