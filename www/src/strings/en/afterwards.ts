/** Texts about changing a share afterwards: selecting files, its title and text, its cover and order, and its link. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const selection = {
  begin: 'Select',
  label: 'Selected files',
  count: (n: number, bytes: number) =>
    n ? `${plural(n, { one: '# file', other: '# files' })} · ${formatBytes(bytes)}` : 'Nothing selected',
  all: 'Select all',
  save: 'Save',
  saveOf: (n: number) => `Save ${plural(n, { one: '# file', other: '# files' })}`,
  passOn: 'Pass on',
  passOnOf: (n: number) => `Pass on ${plural(n, { one: '# file', other: '# files' })}`,
  reading: 'Fetching them…',
  tooMuch: (bytes: number) => `At most ${formatBytes(bytes)} can be passed on in this way. Select fewer files, or pass on the whole share.`,
  tooMany: 'These are too many to save at once. Select fewer, or save all.',
  passedOn: 'They are in a new share of yours. Choose whom it is for.',
  remove: 'Remove',
  removeOf: (n: number) => `Remove ${plural(n, { one: '# file', other: '# files' })}`,
  removed: (n: number) => `${plural(n, { one: '# file is', other: '# files are' })} removed. Who has them keeps them.`,
  end: 'End the selection',
}

export const rename = {
  begin: 'Rename',
  title: 'Title',
  note: 'Text',
  hint: 'Everybody who may open it sees the new words.',
  needTitle: 'Type a title first.',
  needShorter: (most: number) => `At most ${formatCount(most)} characters.`,
  done: 'The words are changed.',
}

export const cover = {
  use: 'Use as cover',
  done: 'This picture stands for the share from now on.',
}

export const orderForAll = {
  use: 'For everybody',
  hint: 'Readers see this order, and may choose another for themselves.',
  done: 'Everybody sees this order from now on.',
}

export const text = {
  copy: 'Copy the text',
  open: (host: string) => `Open ${host}`,
}

export const panel = {
  title: 'Who may open it',
}

export const changeLink = {
  begin: 'Change end or password',
  text: 'The link that people have goes on to work.',
  end: 'It ends',
  ends: { same: 'As now', day: 'In 1 day', week: 'In 1 week', month: 'In 1 month', never: 'Never', date: 'After a day that I choose' },
  lastDay: 'Last day',
  needDay: 'Choose a day that is still to come.',
  password: 'Password',
  passwords: { same: 'As now', none: 'No password', other: 'Another password' },
  typed: 'New password',
  typedHint: 'Who has only the former one cannot open the link any more. They keep what they saved.',
  needPassword: 'Type a password first.',
  save: 'Change the link',
  done: 'The link is changed. What people have of it goes on to work.',
}
