/** Texts about people: invites, adding contacts, requests and the list of contacts. */

import { formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { plural } from './plurals.ts'

export const people = {
  title: 'People',
  list: 'Your people',
  empty: 'Nobody here yet',
  emptyText: 'Send a friend your code, or take theirs. Then you can share with each other.',
  addFirst: 'Add a friend',
  last: (title: string, when: string) => `${title} · ${when}`,
  search: 'Search people',
  noMatch: (text: string) => `Nobody matches “${text}”.`,
  states: {
    resolving: 'Looking for them…',
    requested: 'Waiting for their answer',
    mutual: 'You added each other',
    following: 'You follow them',
    blocked: 'Blocked',
  },
  asking: {
    queued: 'Your request is on its way',
    left: 'Waiting for their answer',
    full: 'Their mailbox is full. We try again another day',
  },
  invites: {
    used: 'Somebody else had used their invite before, so we asked them to add you.',
    ended: 'Their invite had ended, so we asked them to add you.',
  },
  warnings: {
    'two-roots': 'We received two different versions of their profile. If they did not just use two browsers, ask them about it.',
    heir: 'Their profile now names a different successor. Somebody else may control it: call them and ask.',
    keys: 'Their keys have changed since you compared words. Somebody else may be using this profile: compare the six words again before you share anything.',
    refused: 'We received something in their name that is broken or not signed by them, and refused it.',
  },
  keysChanged: 'Their keys have changed: compare the words again first.',
  online: 'Online',
  via: { direct: 'Connected directly.', relay: 'Connected through a relay.' },
  notDirect: {
    off: 'Not directly: you turned it off in Settings.',
    unsupported: 'Not directly: this browser cannot connect directly.',
    trying: 'Trying to connect directly.',
    untried: 'Not directly yet.',
    declined: 'Not directly: their browser or their settings do not allow it.',
    'no-way': 'Not directly: your networks do not allow it.',
  },
  seen: (when: string) => `last seen ${when}`,
  alsoKnown: (name: string) => `calls themselves ${name}`,
  unknown: (id: string) => `Someone new (${id})`,
  verified: 'Words compared',
  verifiedOn: (when: string) => `Words compared ${when}`,
  stopLooking: 'Stop looking',
  shareWith: (name: string) => `Share with ${name}`,
  about: (name: string) => `about ${name}`,
  blockedList: (n: number) => `Blocked · ${formatCount(n)}`,
  unblock: 'Unblock',
  unblockOf: (name: string) => `Unblock ${name}`,
  unblocked: (name: string) => `${name} is unblocked and can ask you again.`,
  unblockedFriend: (name: string) => `${name} is unblocked. All is as it was before.`,
}

export const invite = {
  which: 'Which code',
  kinds: { one: 'For one friend', permanent: 'Permanent' },
  text: {
    one: `The first person who opens it and you are friends at once. It is good for ${LIMITS.inviteDays} days.`,
    permanent: 'You can show it to everybody, and it never ends. People who add it ask you first.',
  },
  noRelay: 'This page has no relay, so nobody can find you yet.',
  notPublished: 'Keep this page open: your relay does not have your profile yet.',
  make: 'Make an invite link',
  another: 'Make another one',
  link: { one: 'Invite link for one friend', permanent: 'My permanent link' },
  copy: { one: 'Copy the invite link', permanent: 'Copy my permanent link' },
  qr: { one: 'Invite for one friend as a QR code', permanent: 'My permanent code as a QR code' },
  myId: 'My id',
}

export const add = {
  title: 'Add a friend',
  ways: 'Ways to meet',
  tabs: { invite: 'My code', scan: 'Scan', paste: 'Paste' },
  field: 'Their invite or id',
  hint: 'An invite link, or an id that begins with k51. Words around it do no harm.',
  message: 'A few words for them',
  messageHint: 'They see it with your request. If they made an invite for you, no request is needed.',
  submit: 'Add',
  adding: 'Looking for them…',
  follow: 'Only follow',
  followHint: 'You see what they share with everybody. They are not told.',
  added: (name: string) => `${name} is added.`,
  asked: (name: string) => `${name} is asked. You see here if they accept.`,
  followed: (name: string) => `You follow ${name}.`,
  looking: 'They are not found yet. Spinney keeps looking; you can leave this page.',
  nothing: 'Paste their invite or id first.',
  several: 'There is more than one in this. Which one?',
  choice: {
    id: (name: string) => `The id of ${name}`,
    invite: (name: string) => `The invite of ${name}`,
    link: (name: string) => `The link to a share of ${name}`,
  },
  invited: 'A friend invites you',
  invitedBy: (name: string) => `${name} invites you`,
  invitedSure: 'Add them, and you can share with each other at once.',
  invitedText: 'Add them, and you can share with each other. They are asked first, so say who you are.',
  ownInvite: 'This is your own invite. Send it to a friend.',
  friends: (name: string) => `You and ${name} are friends already.`,
  friendText: 'If they removed you, you can use this invite to be added again.',
  useAgain: 'Use the invite',
  accept: 'Add them',
  notNow: 'Not now',
  messageTooLong: (most: number) => `Write at most ${formatCount(most)} characters.`,
}

export const scan = {
  title: 'Scan a QR code',
  text: 'Hold your friend’s code in front of the camera.',
  starting: 'Waiting for the camera…',
  camera: 'What the camera sees',
  looking: 'Looking for a code…',
  other: 'This QR code is not a Spinney invite.',
  picture: 'Read it from a picture',
  nothing: 'We found no QR code in this picture.',
  again: 'Try the camera again',
  denied: 'This page may not use the camera. Allow it in the browser’s settings for this page, or read the code from a picture.',
  none: 'There is no camera here. Read the code from a picture, or paste the link.',
  busy: 'The camera is busy. Another program may be using it.',
  ended: 'The camera was switched off.',
}

export const requests = {
  title: 'Friend requests',
  claims: 'They chose this name, picture and message themselves.',
  count: (n: number) => plural(n, { one: '# person asks to be added', other: '# people ask to be added' }),
  came: (name: string) => `${name} asks to be added.`,
  invite: {
    used: 'They used an invite of yours that somebody else had used before.',
    ended: 'They used an invite of yours that had ended.',
  },
  unknown: (hosts: string) =>
    `Your relays do not know who this is. You can ask ${hosts}, which they name. It then sees your network address.`,
  lookUp: 'Look who it is',
  lookUpOf: (name: string) => `Look who it is: ${name}`,
  accept: 'Accept',
  acceptOf: (name: string) => `Accept ${name}`,
  decline: 'Decline',
  declineOf: (name: string) => `Decline ${name}`,
  declined: (name: string) => `${name} is declined and is not told.`,
  block: 'Block',
  blockOf: (name: string) => `Block ${name}`,
  declinedList: (n: number) => `Declined · ${formatCount(n)}`,
  declinedText: 'They are not told. What they ask within 30 days comes here too, without a notice. You can still accept them.',
}

export const person = {
  nobody: 'You have added nobody with this id.',
  about: {
    resolving: 'Their profile is not found yet. Spinney keeps looking.',
    requested:
      'They find your request when they look. They see what you share with them once they accept. If they decline, nobody tells you.',
    mutual: '',
    following: 'You see what they share with everybody. They are not told.',
    blocked:
      'You receive nothing from them and they receive nothing from you. They are not told. If you unblock them, all is as it was before.',
  },
  outOfReach:
    'They are at other relays than you, and you reach contacts through your relays only. So nothing new of theirs comes, and nothing of yours can be left with them. You can change that in Settings.',
  askThem: 'Ask to be added',
  takeBack: 'Cancel the request',
  stopFollowing: 'Stop following',
  rename: 'Rename',
  renameOf: (name: string) => `Rename ${name}`,
  petname: (name: string) => `Your own name for ${name}`,
  petnameHint: 'Only you see it. Leave it empty to see the name they chose.',
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} is removed.`,
  block: 'Block',
  takenBack: (name: string) => `Your request to ${name} is cancelled.`,
  blockOf: (name: string) => `Block ${name}`,
  blocked: (name: string) => `${name} is blocked and is not told.`,
  id: 'Their id',
  shares: (name: string) => `Shared by ${name}`,
  noShares: 'Nothing yet.',
}

export const circles = {
  title: 'Circles',
  text: 'Groups of your own, such as “family”, to share with at once. Only you see them.',
  all: 'All',
  filter: 'Which circle',
  field: 'A new circle',
  add: 'Add',
  tooLong: (most: number) => `The name of a circle has at most ${formatCount(most)} characters.`,
  tooMany: (most: number) => `A friend can be in at most ${formatCount(most)} circles.`,
}

export const verify = {
  title: 'Is it really them?',
  text: 'Compare six words once, on the phone or face to face. Then you know that nobody is between you.',
  again: 'Their keys have changed since you compared words. Compare them again.',
  start: 'Compare the words',
  startAgain: 'Compare them again',
  sheet: (name: string) => `Compare words with ${name}`,
  how: [
    'Call each other, or sit together. Do not use messages: somebody between you could change them.',
    'Read your words aloud. Your friend checks that they see the same.',
    'Then they read theirs aloud and you check.',
  ],
  mine: 'Your words: read them aloud',
  theirs: (name: string) => `${name}’s words: listen and look`,
  match: 'They match',
  differ: 'They do not match',
  done: (name: string) => `The words match: it is ${name}.`,
  differTitle: 'The words do not match',
  differText: 'You may have added another profile with the same name, or an old one. Or somebody between you reads what you share.',
  differDo:
    'Share nothing with this profile until it is clear. Ask your friend for their id on the phone and compare it with the one below. If it is different, block this profile and add the right one.',
  back: 'Look at the words again',
}

export const relayOnly = {
  title: 'Direct connections',
  label: 'Reach contacts through relays only',
  hint: 'If this is off, your friends’ browsers connect to yours directly where they can, and this page asks their relays. That is faster, but they can see your network address. If it is on, this page connects to its own relays only, so only these see it. What friends keep at other relays does not come then.',
  on: 'Contacts are reached through relays only.',
  off: 'Contacts are reached directly where possible.',
}

export const receipts = {
  title: 'Receipts',
  label: 'Tell authors when I have fetched and opened what they shared',
  hint: 'It works both ways: friends who turn it on too tell you the same about what you share. If it is off, you tell nobody and nobody tells you. Relays never see it.',
  on: 'Receipts are on.',
  off: 'Receipts are off.',
}
