/** Texts about shares: composing, opening and changing them, and links. */

import { formatBytes } from '../../format.ts'
import type { Saved } from '../../generated.ts'
import { formatList, plural } from './plurals.ts'

export const share = {
  summary: (n: number, size: number) => `${plural(n, { one: '# file', other: '# files' })} · ${formatBytes(size)}`,
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
        (written > 0
          ? `${plural(written, { one: '# file is', other: '# files are' })} new, the others were there already.`
          : 'It was there already.'),
      renamed > 0 && `${plural(renamed, { one: '# file has', other: '# files have' })} another name there.`,
      leftOut > 0 &&
        `${plural(leftOut, { one: '# file is', other: '# files are' })} left out, because this computer does not allow the name. See which in Transfers.`,
    ]
      .filter(Boolean)
      .join(' '),
  savingFailed: (why: string) =>
    `Saving into a folder broke off. ${why} What is saved already stays. Save again into the same folder to get the rest.`,
  folderGone: 'The folder was moved or removed.',
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
  youAndMany: (people: readonly string[], others: number) =>
    `Only you, ${people.join(', ')} and ${plural(others, { one: '# other', other: '# others' })}`,
  public: 'Anyone can read it',
  link: 'Anyone with the link',
  withdrawn: 'Withdrawn: only you',
  forYou: (author: string) => `Only people ${author} chose`,
}

export const availability = {
  uploading: 'On its way to your relay',
  waiting: 'Only in this browser so far',
  otherDevice: 'Only in another browser of yours so far',
  notSent: 'Not at your relay',
  failed: 'Only in this browser: sending it failed',
  noRoom: 'Only in this browser: no room at your relay',
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
  done: (n: number, title: string) => `${plural(n, { one: '# file is', other: '# files are' })} added to “${title}”.`,
  refused: (list: readonly string[]) =>
    `These files cannot be shared: ${list.slice(0, 5).join(', ')}. Rename them on your disk and choose them again.`,
}

/** Albums, to which friends add. */
export const album = {
  mayAdd: 'They may add to it',
  mayAddHint: 'Everybody whom you choose sees who added what. You can hide what they add.',
  chip: 'Friends can add',
  addText: (author: string) =>
    `${author} and everybody else in this album get them, and see that you added them. A file of yours with the same name is replaced.`,
  addTextMine: 'Everybody in this album gets them. A file with the same name is replaced.',
  added: (title: string) => `Added to “${title}”.`,
  waits: (author: string) => `The others see it once ${author}’s Spinney has taken it in.`,
  title: 'Added by friends',
  by: (name: string, when: string) => `${name} added this ${when}`,
  byYou: (when: string) => `You added this ${when}`,
  in: (title: string) => `In the album “${title}”`,
  notHere: 'It is not here yet. Spinney goes on looking for it.',
  hide: (name: string) => `Hide what ${name} added`,
  hidden: (name: string) => `What ${name} added is hidden.`,
  remove: (name: string) => `Remove what ${name} added, for you`,
  removed: (name: string) => `What ${name} added is removed for you.`,
  takeBack: 'Take back what you added',
  takenBack: 'What you added is taken back.',
  all: (name: string) => `Open what ${name} added`,
}

export const passOn = {
  title: 'Pass it on',
  text: (maker: string) => `They see that ${maker} made it and that you passed it on. They can open what is in it now.`,
  submit: (n: number) => (n ? `Pass on to ${plural(n, { one: '# person', other: '# people' })}` : 'Pass on'),
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
  keepText: 'You’re viewing as a guest. Create a profile to keep this.',
  safe: 'Encrypted: only people who have the link can open it.',
  until: (when: string) => `It opens until ${when}.`,
  untilShort: (when: string) => `until ${when}`,
  noEnd: 'no end date',
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
