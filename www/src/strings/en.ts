/** All texts of the page in English. Views contain no literal text; another language is another file like this one, with its own folder. */

import { formatBytes, formatCount, formatDuration, formatRate } from '../format.ts'
import { LIMITS } from '../generated.ts'
import { changeLink, cover, orderForAll, panel, rename, selection, text } from './en/afterwards.ts'
import { answers } from './en/answers.ts'
import { add, circles, invite, people, person, receipts, relayOnly, requests, scan, verify } from './en/people.ts'
import { devices, join } from './en/devices.ts'
import { drop, drops } from './en/drops.ts'
import { freeing } from './en/freeing.ts'
import { keeping } from './en/keeping.ts'
import { services } from './en/services.ts'
import { keys } from './en/keys.ts'
import { errorOf, errors } from './en/errors.ts'
import { finish, first } from './en/first.ts'
import { language } from './en/language.ts'
import { folders } from './en/folders.ts'
import { introductions } from './en/introductions.ts'
import { news } from './en/news.ts'
import { passkeys } from './en/passkeys.ts'
import { push } from './en/push.ts'
import { formatList, plural } from './en/plurals.ts'
import { compose, drafts, incoming } from './en/composing.ts'
import { saving } from './en/saving.ts'
import { fileSearch } from './en/searching.ts'
import { settings } from './en/settings.ts'
import { order, viewer } from './en/viewer.ts'
import { access, addFiles, album, audience, availability, delivery, links, openLink, passOn, share } from './en/sharing.ts'

export const en = {
  app: 'Spinney',
  title: (page: string) => `${page} · Spinney`,
  skip: 'Skip to the content',
  nav: {
    label: 'Main',
    home: 'Home',
    people: 'People',
    share: 'Share',
    transfers: 'Transfers',
    settings: 'Settings',
    lock: 'Lock now',
    newShares: (n: number) => plural(n, { one: '# new share', other: '# new shares' }),
    busy: (n: number) => plural(n, { one: '# transfer under way', other: '# transfers under way' }),
  },
  common: {
    cancel: 'Cancel',
    close: 'Close',
    copy: 'Copy',
    copied: 'Copied',
    copyByHand: 'This browser does not let the page copy. The text is selected: copy it.',
    undo: 'Undo',
    retry: 'Try again',
    show: 'Show',
    showOf: (what: string) => `Show ${what}`,
    hide: 'Hide',
    hideOf: (what: string) => `Hide ${what}`,
    save: 'Save',
    send: 'Send…',
    back: 'Back',
    details: 'Details',
    you: 'You',
    optional: 'optional',
    someone: 'Someone',
  },
  connection: {
    connected: 'Connected',
    none: 'Connecting to your relay…',
    since: (time: string) => `Relay not reachable since ${time}`,
    noRelay: 'No relay: only this browser',
    offline: 'You are offline',
    friends: (n: number) => plural(n, { one: '# friend online', other: '# friends online' }),
    reached: (n: number) => `${plural(n, { one: '# friend', other: '# friends' })} reached directly`,
  },
  answers,
  introductions,
  startup: { title: 'Opening Spinney', wait: 'Starting the engine…' },
  stopped: {
    title: 'Spinney could not start',
    again: 'Start again',
    moved: 'Another tab has taken over. This one continues as soon as that tab answers.',
    stopped: 'The engine stopped and is starting again.',
    broken:
      'Its engine could not be loaded, or it stopped twice. Check your connection, then start again. What is stored here is still here.',
    blocked:
      'This browser keeps nothing for this page: its settings block cookies or site data here. Allow them for this address, then start again.',
    oneTab: 'Spinney is open in another tab, and this browser can run it in one tab only. Use that tab, or close it and start again here.',
  },
  cleared: {
    title: 'What Spinney kept in this browser was deleted',
    text: 'You, somebody else or this browser deleted the data of this site. Nothing can be saved here until you start again.',
    words: 'Come back with your 24 words: choose “I have recovery words” on the next screen. Friends and shares come from your relay.',
    again: 'Start again',
  },
  version: {
    ready: 'A new version of Spinney is here.',
    needed: 'A new version of Spinney runs in another tab. This tab goes on after a reload.',
    kept: 'What you typed and chose is kept.',
    unkept: 'What you typed and chose here is lost with a reload, because no other tab can keep it. Open Spinney in a second tab first.',
    reload: 'Reload now',
    anyway: 'Reload all the same',
    restored: 'What you typed and chose is back.',
  },
  clock: {
    wrong: (mine: string, relays: string) => `The clock of this device says ${mine}. Your relay’s clock says ${relays}.`,
    little: 'Set this device’s clock right: what you share has a wrong time, and last days of links come too early or too late.',
    much: 'Set this device’s clock right. Until then, your relay takes nothing from you, and friends cannot find you.',
  },
  sharedOrigin: {
    title: 'Not at this address',
    reason:
      'This page is served by a shared gateway: its address contains /ipfs/ or /ipns/, and every other site on that gateway could read what you keep here. So Spinney does not create or open profiles here.',
    advice: 'Ask the person who sent you the link for an address of its own, for example one where the name is part of the host.',
    where: 'This address',
    folder: (host: string) => `Other pages of ${host} can read what you keep here.`,
    folderWhy:
      'This page lies in a folder of that host and has no address of its own. Ask the person who runs it, before you keep anything private here.',
  },
  framed: {
    title: 'Open Spinney by itself',
    reason:
      'Another page shows Spinney inside of it, and could make you click on things that you do not see. So Spinney does not start here.',
    open: 'Open it in a tab of its own',
  },
  welcome: {
    who: 'Who is here?',
    first: 'Share pictures with exactly the friends you choose',
    firstText: 'Your pictures are encrypted in this browser for the people you pick. There is no account and nothing to install.',
    invited: 'A friend invites you. Make a profile or open yours, then you can add them.',
    invitedBy: (name: string) => `${name} invites you. Make a profile or open yours, then you can add them.`,
    invitedToBe: (name: string) => `${name} invites you. Make a profile, and you are friends.`,
    passphraseFor: (name: string) => `Passphrase for ${name}`,
    open: 'Open',
    opening: 'Opening…',
    key: 'Your key never leaves this browser. Without the passphrase or your recovery words nobody can open it, not even us.',
    stay: 'Stay signed in on this device',
    stayHint: 'Anyone who can use this browser can then open it without the passphrase, until you lock it.',
    keyStays: 'Your key never leaves this browser. Until you lock it, anyone who uses this browser can open it.',
    newProfile: 'New profile',
    recover: 'I have recovery words',
  },
  create: {
    title: 'New profile',
    name: 'Your name',
    nameHint: 'Friends see it. Your name and picture are public to anyone who has your id.',
    avatar: 'Picture',
    chooseAvatar: 'Choose a picture',
    removeAvatar: 'Remove the picture',
    avatarRefused: 'This picture cannot be used: choose a JPEG, PNG or WebP.',
    passphrase: 'Passphrase',
    passphraseHint: 'It encrypts everything in this browser. Nobody can reset it for you.',
    propose: 'Propose five words',
    needName: 'Type a name first.',
    nameTooLong: `A name has at most ${LIMITS.nameChars} characters.`,
    needPassphrase: 'Choose a passphrase first.',
    shortPassphrase: `A passphrase has at least ${LIMITS.passphraseChars} characters.`,
    weakPassphrase: 'This passphrase is guessed at once. Choose four or five unrelated words.',
    submit: 'Make my profile',
    busy: 'Making your keys…',
  },
  devices,
  drop,
  drops,
  freeing,
  keeping,
  services,
  finish,
  first,
  folders,
  join,
  language,
  strength: {
    levels: ['Very easy to guess', 'Easy to guess', 'Could be better', 'Good', 'Very good'],
    hint: 'Four or five unrelated words are strong and easy to remember.',
  },
  recover: {
    title: 'Come back with your words',
    text: 'Type the 24 words in their order. Profile, friends and shares come back from your relay.',
    words: '24 recovery words',
    hint: 'With or without numbers, capitals and commas; four letters of each are enough.',
    counted: (n: number) => `${n} of 24 words`,
    passphrase: 'New passphrase for this browser',
    note: 'Another browser that has this profile keeps it. Each shows what you do in the other.',
    submit: 'Recover my profile',
    busy: 'Looking for your profile…',
    count: (n: number) =>
      n < 24
        ? `These are ${n} of 24 words: ${24 - n} ${24 - n === 1 ? 'is' : 'are'} missing.`
        : `These are ${n} words, and there are 24: ${n - 24} too many.`,
    unknown: (position: number, near: readonly string[]) =>
      near.length
        ? `Word ${position} is not in the list. Did you mean ${formatList(near, 'or')}?`
        : `Word ${position} is not in the list. Check its spelling.`,
    order: 'All 24 words are in the list, but they do not belong together: one is wrong, or two are swapped.',
  },
  restored: {
    found: (when: string) => `Your profile is back as it was on ${when}.`,
    whole: 'All your relays agree. If something that you did later is missing, no relay has it.',
    silent: (relays: readonly string[]) =>
      `${formatList(relays)} did not answer and may know something newer. Until it does, nothing of yours is sent to others.`,
    goOn: 'Go on without it',
    seen: 'Good',
  },
  words: {
    title: 'Your 24 recovery words',
    why: 'Write them on paper now. Anyone who has them has your profile. If you lose this browser, only these words bring it back.',
    written: 'I have written them down',
    later: 'Remind me later',
    confirmTitle: 'Pick the words that you wrote',
    pick: (n: number) => `Word number ${n}`,
    wrong: (n: number) => `That is not word number ${n}. Look at your paper again.`,
    right: 'Your recovery words are confirmed.',
    ask: 'Type your passphrase to see them. Anyone who has these words can use your profile.',
    showAgain: 'Show the words again',
    banner: 'Your recovery words are not confirmed yet.',
    bannerWhy: 'If you lose this browser, only they bring your profile back.',
    bannerButton: 'Do it now',
  },
  home: {
    title: 'Home',
    search: 'Search shares, files and people',
    filters: { all: 'All', received: 'For me', mine: 'Mine', public: 'Public', link: 'By link' },
    filterLabel: 'Which shares',
    empty: 'Nothing is shared yet',
    emptyText: 'Invite a friend, or share the first pictures: they see them as soon as they open Spinney.',
    emptyInvite: 'Invite a friend',
    emptyShare: 'Share pictures',
    noMatch: (text: string) => `Nothing matches “${text}”.`,
    noneOfKind: 'No shares of this kind yet.',
    from: {
      contacts: (name: string) => name,
      self: (name: string) => name,
      public: (name: string) => `${name}, for everybody`,
      link: (name: string) => `${name}, by link`,
    },
    madeBy: (name: string) => `made by ${name}`,
    youTo: (names: readonly string[], others: number) =>
      names.length ? `You, for ${others > 0 ? `${names.join(', ')} and ${formatCount(others)} more` : formatList(names)}` : 'You',
    mine: { self: 'Only you', public: 'You, for everybody', link: 'You, by link' },
    album: 'friends may add',
    /** `films`: whether some of the pictures are films. */
    contents: (pictures: number, films: boolean, others: number) =>
      [
        films
          ? pictures === 1
            ? '1 film'
            : `${formatCount(pictures)} photos and films`
          : plural(pictures, { one: '# photo', other: '# photos' }),
        others > 0 && plural(others, { one: '# file', other: '# files' }),
      ]
        .filter(Boolean)
        .join(', '),
    friends: 'Friends',
    underWay: 'Under way',
    progressOf: (title: string) => `Progress of ${title}`,
    allTransfers: 'All transfers',
    isNew: 'New',
    open: 'Open',
    openShare: (title: string) => `Open ${title}`,
    more: (n: number) => `+${formatCount(n)}`,
    restOf: (n: number) => `and ${formatCount(n)} more`,
    otherFiles: (n: number) => `and ${plural(n, { one: '# file', other: '# files' })}`,
    loadingMore: 'Loading more shares…',
  },
  share,
  audience,
  availability,
  delivery,
  access,
  addFiles,
  album,
  passOn,
  links,
  openLink,
  news,
  push,
  saving,
  fileSearch,
  viewer,
  order,
  people,
  invite,
  add,
  scan,
  requests,
  person,
  circles,
  verify,
  receipts,
  relayOnly,
  compose,
  incoming,
  drafts,
  transfers: {
    title: 'Transfers',
    empty: 'Nothing is under way',
    emptyText: 'When you share or fetch something, you see its progress here.',
    direction: { add: 'Encrypting', up: 'To your relay', down: 'Fetching', keep: 'Keeping for a friend' },
    done: { add: 'Encrypted', up: 'Sent to your relay', down: 'Fetched', keep: 'Kept for a friend' },
    states: {
      queued: 'Waiting its turn',
      active: '',
      waiting: 'Waiting',
      paused: 'Paused',
      done: 'Done',
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
    waitingFor: {
      relay: 'Waiting for the relay',
      author: 'Waiting until its author or their relay can be reached',
      space: 'Waiting for room: free some storage in Settings',
      permission: 'Waiting for your permission to use the folder',
      unlock: 'Waiting for your passphrase',
      quota: 'Waiting for room at your relay',
      disk: 'The relay has no room',
    },
    /** What a person can do who waits for room at the relay. */
    noRoom: {
      disk: 'The relay has no room for it: its disk is full. Tell the person who runs it. It is in this browser, and goes on by itself when there is room.',
      quota: (used: number, quota: number, needed: number) =>
        needed > quota
          ? `This needs ${formatBytes(needed)}, and your relay keeps at most ${formatBytes(quota)} for you. Share less at once, or ask the person who runs the relay for more room. It stays in this browser.`
          : needed + used > quota
            ? `Your relay keeps ${formatBytes(used)} of at most ${formatBytes(quota)} for you, and this needs ${formatBytes(needed)} more. Remove a share that you no longer need: it goes on by itself then.`
            : `Your relay keeps ${formatBytes(used)} of at most ${formatBytes(quota)} for you, and has no room for more. Remove a share that you no longer need: it goes on by itself then.`,
    },
    savingIn: (folder: string) => `Saving in the folder “${folder}”`,
    savedIn: (folder: string) => `Saved in the folder “${folder}”`,
    otherNames: (renamed: number, leftOut: number) =>
      formatList(
        [
          renamed > 0 && plural(renamed, { one: '# file has another name there', other: '# files have other names there' }),
          leftOut > 0 && plural(leftOut, { one: '# file is left out', other: '# files are left out' }),
        ].filter(part => part !== false),
      ),
    savedAs: (path: string) => `saved as ${path}`,
    leftOut: 'left out: this computer does not allow it',
    of: (done: number, total: number) => `${formatBytes(done)} of ${formatBytes(total)}`,
    speed: (perSecond: number) => formatRate(perSecond),
    left: (seconds: number) => `${formatDuration(seconds)} left`,
    pause: 'Pause',
    resume: 'Go on',
    cancel: 'Cancel',
    actionOf: (action: string, what: string) => `${action}: ${what}`,
    unknownShare: 'A share',
    filesMoved: (n: number) => `${plural(n, { one: '# file', other: '# files' })} with recent progress`,
    finished: 'Finished',
    underWay: 'Under way',
    progressOf: (what: string) => `Progress of ${what}`,
    served: (n: number) => `Others have got ${formatBytes(n)} straight from this browser since you unlocked it.`,
  },
  changeLink,
  cover,
  orderForAll,
  panel,
  rename,
  selection,
  text,
  settings,
  keys,
  passkeys,
  quota: {
    full: (needed: number) => `The storage of this browser is full. ${formatBytes(needed)} more are needed.`,
    open: 'See what to free',
  },
  errors,
  errorOf,
  unexpected: (message: string) => `Something went wrong: ${message}`,
}
