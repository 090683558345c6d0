/** Texts about what friends keep for each other. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

export const keeping = {
  title: (name: string) => `Room for ${name}`,
  text: (name: string) =>
    `This browser can keep what ${name} shares, so that it is there while ${name} is away and no relay has it. It is encrypted: you cannot read or check what is in it.`,
  room: (name: string) => `How much room ${name} gets`,
  none: 'None',
  bytes: (n: number) => formatBytes(n),
  left: (limit: number) => `Friends can have ${formatBytes(limit)} of this browser together.`,
  noLimit: 'This browser may delete what is here when the disk is full, so it cannot keep anything for others.',
  named: (name: string) => `${name} may tell friends that it is kept here`,
  namedHint: 'They can then open it from this browser, and see that you keep it.',
  public: 'Also what is shared with everybody',
  metered: 'Also over mobile data',
  meteredHint: 'Else it comes when this device is on another line, such as Wi-Fi.',
  given: (used: number, bytes: number) => `${formatBytes(used)} of ${formatBytes(bytes)} used`,
  shares: (whole: number, missing: number) =>
    missing
      ? `${plural(whole, { one: '# share', other: '# shares' })} kept, ${plural(missing, { one: '# share is', other: '# shares are' })} not here yet.`
      : `${plural(whole, { one: '# share', other: '# shares' })} kept.`,
  ends: (date: string) => `You took this room back. What is kept stays until ${date}.`,
  letGo: 'Let go now',
  letGoHint: (name: string) => `Deletes everything that you keep for ${name} at once.`,
  released: (name: string) => `Nothing of ${name} is kept here any more.`,
  theirs: (name: string, bytes: number) => `${name} gives you ${formatBytes(bytes)}.`,
  theyKeep: (name: string, shares: number, used: number, when: string) =>
    `${name} keeps ${plural(shares, { one: '# share', other: '# shares' })} of yours whole: ${formatBytes(used)}, ${name} said ${when}.`,
  notYet: (name: string) => `${name} has not said yet that anything of yours is kept.`,
  full: (name: string) => `Not everything fits. Ask ${name} for more room.`,
  notChosen: (name: string) =>
    `It is not used yet. Compare the six words with ${name}, or wait until you have known each other here for 30 days. Two friends keep your shares at most.`,
  alsoAt: (name: string, names: readonly string[]) => `What ${name} shares is also kept by ${formatList(names)}.`,
  keptBy: (friends: readonly string[], relays: readonly string[]) => {
    const by = friends.length ? ` by ${formatList(friends)}` : ''
    const at = relays.length ? ` at ${formatList(relays)}` : ''
    return `Kept${[by, at].filter(Boolean).join(' and')}.`
  },
  checked: (place: string, when: string) => `${place} (checked ${when})`,
  lacks: (places: readonly string[]) =>
    `${formatList(places)} could not deliver all of it when this browser asked. Keep this browser's copy.`,
  proven: (name: string, when: string) => `${name} could deliver it when this browser asked, ${when}.`,
  fails: (name: string, when: string) =>
    `${name} could not deliver everything when this browser asked, ${when}. What ${name} keeps does not count until that works again.`,
  forFriends: (used: number, given: number) => `${formatBytes(used)} of the ${formatBytes(given)} that friends have here are used.`,
  back: {
    title: 'Coming back',
    text: 'See beforehand whether your 24 words would bring you back if this browser were lost. Nothing changes by it.',
    button: 'Try coming back',
    trying: 'Trying. This may take a minute.',
    from: (places: readonly string[]) => `You could come back from: ${formatList(places)}.`,
    unreachable: (place: string) => `${place} did not answer. Try again later.`,
    unknown: (place: string) => `${place} has nothing of you yet. Leave this page open for a while, then try again.`,
    incomplete: (place: string) => `${place} lacks something. Leave this page open until it is brought there again, then try again.`,
    unreadable: (place: string) => `What ${place} has cannot be read. Tell its operator, and keep this browser.`,
    older: (place: string, when: string) =>
      `${place} would bring you back as you were ${when}. Leave this page open until it has what is new, then try again.`,
    lacking: (place: string) =>
      `What ${place} has lacks people, settings or shares that are here. Leave this page open until both are joined, then try again.`,
  },
}
