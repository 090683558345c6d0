/** Texts about freeing this browser's space. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

const shares = (n: number) => plural(n, { one: '# share', other: '# shares' })

export const freeing = {
  title: 'Free up this browser',
  text: 'Files that you shared take space in this browser. They can go from here once two places, at least one of them a friend, have shown that they can deliver everything. Names and small pictures stay here, and files open from there.',
  parts: (mine: number, friends: number, free: number) =>
    `${formatBytes(mine)} of this is yours, ${formatBytes(friends)} is kept for friends, and ${formatBytes(free)} is free.`,
  can: (n: number, bytes: number) => `${shares(n)} can go: ${formatBytes(bytes)}.`,
  nothing: 'Nothing can go now.',
  why: (n: number, bytes: number, reason: string) => `${shares(n)}, ${formatBytes(bytes)}: ${reason}`,
  reasons: {
    unfinished: 'still on the way to a relay.',
    public: 'for everybody, which friends need not keep.',
    elsewhere: 'another device has it.',
    folder: 'kept in step with a folder on this device.',
    wanted: 'being fetched now.',
    asked: 'another device of yours is reading it.',
    'no-friend': 'no friend keeps all of it.',
    'one-place': 'only one place has all of it.',
  },
  begun: 'Some places still have to show that they have everything. It goes on by itself.',
  gone: (places: readonly string[]) => `Its files are not in this browser any more. They open from ${formatList(places)}.`,
  asked: (proven: number, blocks: number) =>
    blocks
      ? `It leaves this browser when two places have shown that they have all of it: ${Math.floor((proven / blocks) * 100)} %.`
      : 'It leaves this browser when two places have shown that they have all of it.',
  returns: 'It comes back into this browser, because too few places have it or because it changed.',
}
