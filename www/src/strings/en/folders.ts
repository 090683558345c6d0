/** Texts about folders that are kept in step. */

import { formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const folders = {
  title: 'Folders in step',
  text: 'A folder on this device and a share for you alone: what you change in the folder comes to your other devices, and back.',
  bind: 'Keep a folder in step',
  bindNew: 'Keep a folder in step',
  unsupported: 'This browser cannot open folders. Use Chrome, Edge or another Chromium browser on a computer to keep a folder in step.',
  bound: (name: string) => `“${name}” is kept in step.`,
  direction: 'Direction',
  modes: { both: 'Both ways', out: 'Only out of the folder', in: 'Only into the folder' },
  states: {
    new: 'not looked at yet',
    busy: 'being looked at',
    step: 'in step',
    waits: 'waits for another device',
    permission: 'needs your permission',
    gone: 'is gone',
    asks: 'asks you',
    fails: 'does not go on',
  },
  at: (when: string) => `In step ${when}.`,
  open: 'Open the share',
  scan: 'Look now',
  unbind: 'Stop',
  unbound: (name: string) => `“${name}” is kept in step no longer. Its files stay.`,
  waits: 'Another device has a change that is not at your relay yet. It goes on by itself.',
  permission: 'Your browser asks once more after each start whether this page may use the folder.',
  allow: 'Allow the folder',
  gone: 'The folder is gone: it was moved or deleted, or its disk is not connected. Nothing is deleted on your other devices. Connect it again, or stop.',
  asks: (gone: number, changed: number) =>
    gone > 0 && changed > 0
      ? `${plural(gone, { one: '# file is', other: '# files are' })} gone and ${formatCount(changed)} changed at once. Is that what you want?`
      : gone > 0
        ? `${plural(gone, { one: '# file is', other: '# files are' })} gone at once. Are they to go everywhere?`
        : `${plural(changed, { one: '# file', other: '# files' })} changed at once. Is that what you want?`,
  anyway: 'Yes, go on',
  fails: (why: string) => `It does not go on: ${why}.`,
  conflicts: (n: number) =>
    `${plural(n, { one: '# file was', other: '# files were' })} changed on two devices at once. Both versions are there:`,
  conflict: (path: string, copy: string) => `${path} and ${copy}`,
  settle: 'I have looked',
  settleNamed: (path: string) => `I have looked at ${path}`,
  renamed: 'These files have another name on this device, because it cannot have theirs:',
  renamedAs: (path: string, local: string) => `${path} is ${local}`,
  leftOut: 'Not kept in step, because their names cannot be had everywhere, or because a share cannot hold so many empty folders:',
  journal: 'Journal',
  journalOf: (name: string) => `What happened in “${name}”`,
  journalText: 'For 30 days you can undo what happened.',
  search: 'Search by name',
  empty: 'Nothing has happened yet.',
  changes: { added: 'new', changed: 'changed', deleted: 'deleted', conflict: 'changed on two devices' },
  line: (change: string, where: string, when: string) => `${change}, ${where}, ${when}`,
  here: 'on this device',
  elsewhere: (device: string) => `on ${device}`,
  undo: 'Undo',
  undoNamed: (path: string) => `Undo: ${path}`,
  undone: (path: string) => `${path} is as it was.`,
  more: 'Show more',
}
