/** Texts about the share in the making: choosing, dropping and pasting files, and drafts. */

import { formatBytes, formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { formatList, plural } from './plurals.ts'

/** The beginning of a sentence about files that wait. Of folders without files nothing is counted. */
const waits = (n: number) => (n ? plural(n, { one: '# file waits', other: '# files wait' }) : 'A folder waits')

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
  chosen: (what: string, size: number) => `${what} · ${formatBytes(size)}`,
  showAll: (n: number) => `Show all ${formatCount(n)}`,
  reading: 'Reading the folder…',
  more: (n: number) => `and ${formatCount(n)} more`,
  removeFile: (path: string) => `Leave out ${path}`,
  removeFolder: (path: string) => `Leave out the whole folder ${path}`,
  clear: 'Clear all',
  cleared: 'All of it is cleared.',
  paste: 'Paste',
  pasteNothing: 'There is no picture and no text to paste.',
  folder: 'Empty folder',
  systemFiles: (n: number) =>
    `${plural(n, { one: '# file that a system made for itself is', other: '# files that systems made for themselves are' })} left out.`,
  noEmptyFolders: 'Empty folders do not come along when you choose a folder. To keep them, drop the folder here instead.',
  leaveOut: (n: number): string => (n === 1 ? 'Leave it out' : 'Leave them out'),
  waits: (n: number) => `${waits(n)} for your next share.`,
  takeWaiting: 'Add to this share',
  titleField: 'Title',
  titlePlaceholder: 'What is it?',
  titleHint: 'Without one, it is called as you see.',
  counted: {
    pictures: (n: number) => plural(n, { one: '# picture', other: '# pictures' }),
    films: (n: number) => plural(n, { one: '# film', other: '# films' }),
    files: (n: number) => plural(n, { one: '# file', other: '# files' }),
  },
  note: 'Note',
  addNote: 'Add a note',
  notePlaceholder: 'A few words for your friends',
  who: 'Who may open it',
  to: 'To',
  whoSearch: 'Search people',
  noPeople: 'You have added nobody yet. Add a friend first, or share in another way.',
  addFriend: 'Add a friend',
  kinds: {
    contacts: { name: 'People', more: ' you choose' },
    link: { name: 'Link', more: ': anyone with a link' },
    self: { name: 'Private', more: ': only me' },
    public: { name: 'Public', more: ': everybody' },
  },
  hints: {
    self: 'Only you can open it. Use it to keep things, or to give them to people later.',
    link: 'Anyone who gets the link can open it, without a profile.',
  },
  circles: 'Circles',
  circle: (name: string, n: number) => `${name} (${formatCount(n)})`,
  circlesHint: 'A circle chooses the people who are in it now.',
  unfitPeople: (n: number) => `${plural(n, { one: '# person', other: '# people' })} you cannot choose yet`,
  unfit: {
    resolving: 'not found yet',
    following: 'you only follow them: add them to share with them',
    blocked: 'you blocked them',
  },
  options: 'Options',
  facts: {
    locationIncluded: 'Location is included',
    locationRemoved: 'Location is removed',
    mayAdd: 'They may add to it',
    password: 'With a password',
    until: (when: string) => `Until ${when}`,
  },
  linkPassword: 'Password',
  linkPasswordHint: 'Without it nobody can open the link, and nobody can reset it. Do not send it together with the link.',
  lastDay: 'Last day',
  lastDayHint: 'After that day your relay no longer keeps it.',
  endsIn: 'It ends in',
  spans: { day: 'A day', week: 'A week', month: 'A month' },
  lastDayOver: 'The last day is over already: choose a later one.',
  publicText:
    'Anyone can read this, copy it and pass it on, and your public feed shows it. You cannot take it back from people who have it.',
  location: 'Include location',
  locationHint:
    'If this is off, we remove the location from pictures and films before we share them. Where we cannot, we ask you first. Other files stay as they are.',
  willContacts: (people: readonly string[]) =>
    `Only ${formatList(['you', ...people])} can open it: it is encrypted before it leaves this browser.`,
  willMany: (people: readonly string[], others: number) =>
    `Only you, ${people.join(', ')} and ${plural(others, { one: '# other', other: '# others' })} can open it: it is encrypted before it leaves this browser.`,
  willSelf: 'Encrypted for you alone before it leaves this browser.',
  willLink: (password: boolean, until: string | undefined) =>
    `Anyone who has the link${password ? ' and its password' : ''} can open it${until ? ` until ${until}` : ''}. It is encrypted before it leaves this browser.`,
  willPublic: 'Anyone can read this. You cannot take it back from people who have it.',
  submit: (n: number) => `Share with ${plural(n, { one: '# person', other: '# people' })}`,
  submitTo: { self: 'Save privately', link: 'Make the link', public: 'Share with everybody, for good' },
  submitNobody: 'Share',
  nobody: 'Nobody is chosen yet.',
  needFiles: 'Choose at least one file.',
  needContents: 'Choose at least one file, or write a note.',
  titleTooLong: `A title has at most ${LIMITS.titleChars} characters.`,
  noteTooLong: (n: number) => `A note has at most ${formatCount(n)} characters.`,
  needPeople: 'Choose who may open it.',
  refusedTitle: 'These are left out',
  refusedHint: 'Everything else is fine. To share these too, mend them on your disk and choose them again.',
  refusals: {
    empty: 'has an empty part in its path',
    dots: 'is named “.” or “..”',
    control: 'has an invisible control character in its name',
    direction: 'has an invisible character in its name that reverses the text after it',
    backslash: 'has a backslash in its name',
    segment: `has a name longer than ${LIMITS.segmentBytes} bytes`,
    path: `has a path longer than ${formatCount(LIMITS.pathBytes)} bytes`,
    unreadable: 'cannot be read: it is a link that leads nowhere, or you may not open it',
    nameless: 'holds something whose name this browser cannot read: rename it',
    folders: 'is one empty folder too many',
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

/** About files that are dropped or pasted. */
export const incoming = {
  letGo: {
    now: 'Let go to add them',
    later: 'Let go: they wait for your next share',
    locked: 'Let go: they wait until you have opened your profile',
    never: 'Files cannot be shared here',
  },
  never: 'Nothing was added: Spinney is not open here.',
  nothing: 'There was nothing in it that can be shared.',
  later: (n: number) => `${waits(n)} for your next share, until this one is encrypted.`,
  taken: (n: number) => `${n ? plural(n, { one: '# file is', other: '# files are' }) : 'A folder is'} in a new share now, under “Share”.`,
  locked: (n: number) => `${waits(n)} here. Open your profile, or make one: then you can share ${n > 1 ? 'them' : 'it'}.`,
}

export const drafts = {
  title: 'Unfinished',
  text: (n: number) =>
    `Spinney was closed before ${plural(n, { one: '# file was', other: '# files were' })} read. Choose them again: only what is missing is read.`,
  whole: 'Everything in it was read, but it is not finished.',
  finish: 'Finish it',
  elsewhere: 'Its files are being read already, maybe in another tab.',
  missing: 'Files to choose again',
  choose: 'Choose the files again',
  chooseFolder: 'Choose the folder again',
  without: (n: number): string => (n === 1 ? 'Share without it' : 'Share without them'),
  discard: 'Discard',
  nothingMatches: 'None of these is one of the missing files.',
  untitled: 'Without a title',
}
