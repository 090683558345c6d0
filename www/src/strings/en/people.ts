/** What the page says of meeting people: inviting, adding, requests, and everybody one has. */

import { LIMITS } from '../../generated.ts'
import { count } from '../../say.ts'
import { plural } from './counted.ts'

export const people = {
  title: 'People',
  list: 'Your people',
  empty: 'Nobody here yet',
  emptyText: 'Add the first friend with their invite, or send them yours.',
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
    full: 'Their mailbox is full: your request is tried again another day',
  },
  invites: {
    used: 'Somebody else had used their invite before: they are asked instead.',
    ended: 'Their invite had ended: they are asked instead.',
  },
  warnings: {
    'two-roots': 'Two different states of theirs carry the same number. If they did not just use two browsers, ask them.',
    heir: 'Their profile names another successor than at first: it may be in somebody else’s hands. Ask them by another way.',
    keys: 'Their keys are not those that you compared. Somebody else may be using this profile: compare the six words again before you share anything.',
    refused: 'Something came in their name that they did not sign. It was refused.',
  },
  keysChanged: 'Other keys than you compared: compare the words again first.',
  online: 'here now',
  direct: 'here now, direct',
  relay: 'here now, through the relay',
  notDirect: {
    off: 'Not directly: your settings have it so.',
    unsupported: 'Not directly: this browser makes no direct connections.',
    trying: 'A direct connection is being tried.',
    untried: 'No direct connection was offered yet.',
    declined: 'Not directly: their browser takes no direct connections, or their settings have it so.',
    'no-way': 'Not directly: no way was found between your networks.',
  },
  seen: (when: string) => `last seen ${when}`,
  alsoKnown: (name: string) => `calls themselves ${name}`,
  unknown: (id: string) => `Someone new (${id})`,
  verified: 'Words compared',
  verifiedOn: (when: string) => `Words compared ${when}`,
  stopLooking: 'Stop looking',
  shareWith: (name: string) => `Share with ${name}`,
  about: (name: string) => `about ${name}`,
  blockedList: (n: number) => `Blocked · ${count(n)}`,
  unblock: 'Unblock',
  unblockOf: (name: string) => `Unblock ${name}`,
  unblocked: (name: string) => `${name} is a stranger again, who may ask you.`,
}

export const invite = {
  title: 'Invite a friend',
  text: `An invite is for one person and good for ${LIMITS.inviteDays} days. Whoever opens it first is added to your people and you to theirs, with no further question.`,
  noRelay: 'This page came without a relay: nobody can find you yet.',
  notPublished: 'Keep this page open: your relay does not have your profile yet.',
  make: 'Make an invite link',
  another: 'Make another one',
  forOne: 'Send it to one friend, or let them scan it. The next friend needs another one.',
  link: 'Invite link for one friend',
  copy: 'Copy the invite link',
  qr: 'Invite for one friend as a QR code',
  lasting: 'Your lasting code',
  lastingText: 'It has no end and may be seen by everybody. Whoever adds it asks you, and you accept or decline.',
  lastingLink: 'My lasting link',
  lastingCopy: 'Copy my lasting link',
  lastingQr: 'My lasting code as a QR code',
  myId: 'My id',
}

export const add = {
  title: 'Add a friend',
  field: 'Their invite or id',
  hint: 'An invite link, or an id that begins with k51',
  message: 'A few words for them',
  messageHint: 'Read where they are asked whether to add you. Whoever made an invite for you is not asked.',
  submit: 'Add',
  adding: 'Looking for them…',
  follow: 'Only follow',
  followHint: 'To follow is to see what they share with everybody. They do not hear of it.',
  scan: 'Scan a QR code',
  added: (name: string) => `${name} is added.`,
  asked: (name: string) => `${name} is asked. You hear of it when they answer.`,
  followed: (name: string) => `You follow ${name}.`,
  looking: 'They are not found yet. Spinney goes on looking; you can leave this page.',
  invited: 'A friend invites you',
  invitedText: 'Add them, and each of you can share with the other. You may say who you are, in case they are asked first.',
  accept: 'Add them',
  notNow: 'Not now',
  own: 'This is your own id. Send it to a friend instead.',
  already: 'This person is among your people already.',
  messageTooLong: (most: number) => `These words have at most ${count(most)} characters.`,
}

export const scan = {
  title: 'Scan a QR code',
  text: 'Hold the code of your friend before the camera.',
  starting: 'Waiting for the camera…',
  camera: 'What the camera sees',
  looking: 'Looking for a code…',
  other: 'This QR code is no invite of Spinney.',
  picture: 'Read it from a picture',
  nothing: 'There is no QR code to be read in this picture.',
  again: 'Try the camera again',
  denied: 'This page may not use the camera. Allow it in the browser’s settings for this page, or read the code from a picture.',
  none: 'There is no camera here. Read the code from a picture, or paste the link.',
  busy: 'The camera cannot be used now. Another program may be using it.',
  ended: 'The camera was switched off.',
}

export const requests = {
  title: 'They ask to be added',
  claims: 'Name, picture and words are what they say of themselves.',
  count: (n: number) => plural(n, 'person asks to be added', 'people ask to be added'),
  came: (name: string) => `${name} asks to be added.`,
  invite: {
    used: 'They came with an invite of yours that somebody else had used before.',
    ended: 'They came with an invite of yours that had ended.',
  },
  accept: 'Accept',
  acceptOf: (name: string) => `Accept ${name}`,
  decline: 'Decline',
  declineOf: (name: string) => `Decline ${name}`,
  declined: (name: string) => `${name} is declined, and is not told.`,
  block: 'Block',
  blockOf: (name: string) => `Block ${name}`,
}

export const person = {
  nobody: 'Nobody among your people has this id.',
  about: {
    resolving: 'Their profile is not found yet. Spinney goes on looking.',
    requested: 'They are asked whether to add you. What you share with them now they see once they accept.',
    mutual: '',
    following: 'You see what they share with everybody. They have not heard of it.',
    blocked: 'Nothing of theirs arrives, nothing of yours goes to them, and they are not told.',
  },
  askThem: 'Ask to be added',
  takeBack: 'Take the request back',
  stopFollowing: 'Stop following',
  rename: 'Rename',
  renameOf: (name: string) => `Rename ${name}`,
  petname: (name: string) => `Your own name for ${name}`,
  petnameHint: 'Only you see it. Empty: the name they chose.',
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} is removed.`,
  block: 'Block',
  blockOf: (name: string) => `Block ${name}`,
  blocked: (name: string) => `${name} is blocked, and is not told.`,
  id: 'Their id',
  shares: (name: string) => `Shared by ${name}`,
  noShares: 'Nothing yet.',
}

export const circles = {
  title: 'Circles',
  text: 'Groups of your own, such as “family”, to share with at once. Nobody else learns of them.',
  all: 'All',
  filter: 'Which circle',
  field: 'A new circle',
  add: 'Add',
  tooLong: (most: number) => `The name of a circle has at most ${count(most)} characters.`,
  tooMany: (most: number) => `Nobody is in more than ${count(most)} circles.`,
}

export const verify = {
  title: 'Is it really them?',
  text: 'Compare six words once, on the phone or at a table: then nobody can have come between you.',
  again: 'Their keys are not those that you compared. Compare the words again.',
  start: 'Compare the words',
  startAgain: 'Compare them again',
  sheet: (name: string) => `Compare words with ${name}`,
  how: ['Call each other, or sit together. Not by a message: whoever stands between you could write it.', 'Read your words aloud; they look whether they see the same.', 'They read theirs aloud; you look.'],
  mine: 'Your words: read them aloud',
  theirs: (name: string) => `${name}’s words: listen and look`,
  match: 'They match',
  differ: 'They do not match',
  done: (name: string) => `The words match: it is ${name}.`,
  differTitle: 'The words do not match',
  differText: 'You may have added another profile with the same name, or one of you an old one; or somebody stands between you and reads along.',
  differDo: 'Share nothing with this profile until it is clear. Ask your friend for their id on the phone and compare it with the one below. If it is another one, block this profile and add the right one.',
  back: 'Look at the words again',
}

export const relayOnly = {
  title: 'Direct connections',
  label: 'Reach contacts through relays only',
  hint: 'Off, your contacts’ browsers and yours connect directly where they can: that is faster, and they could learn your network address. On, only your relays learn it, and those of your contacts.',
  on: 'Contacts are reached through relays only.',
  off: 'Contacts are reached directly where that can be.',
}

export const receipts = {
  title: 'Receipts',
  label: 'Tell authors when I have fetched and opened what they shared',
  hint: 'It goes both ways: you hear the same of what you share, from friends who have it on as well. Off, nobody hears it of you, and you hear of nobody. No relay ever learns it.',
  on: 'Receipts are on.',
  off: 'Receipts are off.',
}
