/** Texts about drop boxes: links with which people without a profile give files. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

export const drops = {
  title: 'Let people send you files',
  text: 'Make a link and give it to people. They need no profile: they open it, choose files and send them. Only you can open what they send. It waits at your relay until you look.',
  anyone:
    'Anyone who has the link can put files into this box, and cannot see what is in it. So give it to people you know, and open only what you expect.',
  name: 'What you call it',
  nameHint: 'Only you see this. You may leave it empty.',
  size: 'How much fits into it',
  sizeHint: 'Your relay keeps so much of your room free for it.',
  days: 'For how long',
  dayCount: (n: number) => plural(n, { one: '# day', other: '# days' }),
  make: 'Make a link',
  made: 'The link is ready. Copy it, or let somebody scan it.',
  needRoom: (left: number) =>
    left > 0
      ? `Your relay has room for ${formatBytes(left)} more. Choose a smaller size, or remove shares.`
      : 'Your relay has no more room for you. Remove shares, or close another box.',
  needReach: 'Your relay is not reached. A box needs one: check your connection and try again.',
  yours: 'Your boxes',
  one: (n: number) => `Box ${n}`,
  room: (left: number, bytes: number) => `${formatBytes(left)} of ${formatBytes(bytes)} left`,
  roomUnknown: (bytes: number) => `Takes ${formatBytes(bytes)}`,
  ends: (date: string) => `Ends ${date}`,
  over: (date: string) => `Closed ${date}`,
  field: 'Link of your box',
  copy: 'Copy the link',
  qr: 'QR code of the link of your box',
  end: 'Close this box',
  endText: 'Nobody can send more once your relay has heard of it. What has come stays for 30 days.',
  ended: 'The box is closed.',
  empty: 'Nothing has come yet.',
  came: (n: number) => `${plural(n, { one: '# file has', other: '# files have' })} come into your box.`,
  waiting: (n: number) => `${plural(n, { one: '# file waits', other: '# files wait' })} in your box`,
  look: 'Look at the box',
  from: 'Somebody with your link',
  says: (message: string) => `They write: “${message}”`,
  what: (n: number, size: number, when: string) => `${plural(n, { one: '# file', other: '# files' })} · ${formatBytes(size)} · ${when}`,
  show: 'Show what it is',
  showing: 'Fetching the list…',
  more: (n: number) => `and ${plural(n, { one: '# more file', other: '# more files' })}`,
  accept: 'Keep it',
  accepting: 'Copying it into a share of yours…',
  accepted: (title: string) => `“${title}” is among your shares. Only you can open it.`,
  decline: 'Throw it away',
  declined: 'It is thrown away.',
  shareTitle: (message: string | undefined, date: string) => (message ? `From the box: ${message}` : `From the box, ${date}`),
}

export const drop = {
  ask: 'Send files to somebody?',
  askText: 'A link was opened in this browser with which you can give somebody files. You need no profile for it.',
  askHosts: (hosts: readonly string[]) => `To send, Spinney connects to ${formatList(hosts)}. They see your network address.`,
  agree: 'Go on',
  own: 'This is the link of your own box. Give it to people who want to send you files.',
  toBoxes: 'Your boxes',
  opening: 'Looking whose box it is…',
  to: (name: string) => `Send files to ${name}`,
  text: (name: string) => `Your files are encrypted in this browser, and only ${name} can open them. ${name} decides whether to keep them.`,
  left: (left: number, until: string) => `There is room for ${formatBytes(left)}, until ${until}.`,
  here: 'Choose files, or drop them on this page.',
  chosen: (n: number, size: number) => `${plural(n, { one: '# file', other: '# files' })}, ${formatBytes(size)}`,
  remove: (path: string) => `Leave out ${path}`,
  others: (n: number) => `and ${plural(n, { one: '# other', other: '# others' })}`,
  message: 'Your name, or a few words',
  send: 'Send',
  progress: 'Sending',
  done: (done: number, total: number) => `${formatBytes(done)} of ${formatBytes(total)}`,
  waits: 'The relay is not reached. Sending goes on by itself when it is back: leave this page open.',
  telling: (name: string) => `Everything is at the relay. Telling ${name}…`,
  stay: 'Leave this page open until everything is sent.',
  stopped: 'Sending was stopped. Nothing of it is kept.',
  sent: 'Sent. You may close this page.',
  sentText: (name: string) => `Your files wait for ${name} at the relay.`,
  again: 'Send more',
  needFiles: 'Choose at least one file first.',
  refusedNames: (paths: readonly string[]) =>
    `These files cannot be sent, because of their names: ${formatList(paths)}. Rename them and choose them again.`,
  needRoom: (left: number) =>
    left > 0
      ? `This does not fit: there is room for ${formatBytes(left)} more. Send fewer files, or ask for a larger box.`
      : 'This box is full. Ask the person who sent you the link for a new one.',
  errors: {
    'drop-closed': 'This box is closed. Ask the person who sent you the link for a new one.',
    'broken-code': 'This link is not whole. Copy all of it and open it again.',
    'old-code': 'This link comes from an older Spinney. Ask for a new one.',
    'invalid-id': 'This link comes from a newer Spinney. Reload the page, or ask for a new link.',
    unreachable: 'The relay of this box is not reached. Check your connection, or try again later.',
    'relays-only':
      'This box is at a relay of somebody else, and you connect to your own relays only. Change that in Settings, or open the link in a private window.',
  } as Record<string, string>,
}
