/** Shares in a list, and what is answered to one. */

import type { ComponentChild } from 'preact'
import type { Share } from '../src/contract'
import { Answers } from '../src/views/answers'
import { ShareCard } from '../src/views/share-card'
import type { Part } from './part'
import { fill, given, say, shareOf, unlocked } from './world'

/** A card of a share with these files, each with its type. */
const card = (share: Share, list: Parameters<typeof fill>[1] = []): ComponentChild => {
  unlocked()
  fill(share.id, list)
  return <ShareCard share={{ ...share, files: list.length }} />
}

const answered = (share: Share, list: Parameters<typeof say>[1]): ComponentChild => {
  unlocked()
  say(share.id, list)
  return <Answers share={share} />
}

const PICTURES = ['lake.jpg', 'boat.jpg', 'fire.jpg'].map(name => [name, 'image/jpeg'] as [string, string])
const toBen: Partial<Share> = { audience: 'contacts', recipients: ['k51ben'] }
const HELLO = { text: 'Is this the lake behind the mill?' }

export const shares: readonly Part[] = [
  {
    name: 'ShareCard',
    states: {
      'of pictures': () => card(shareOf('p1', toBen), PICTURES),
      'of pictures and other files': () => card(shareOf('p2', {}), [...PICTURES, ['map.pdf', 'application/pdf']]),
      'of one file': () => card(shareOf('p3', { title: 'Tickets' }), [['tickets.pdf', 'application/pdf']]),
      'of many files': () =>
        card(shareOf('p4', { title: 'Papers' }), [
          ['a.pdf', 'application/pdf'],
          ['b.txt', 'text/plain'],
        ]),
      'of a text alone': () => card(shareOf('p5', { title: 'Address', note: 'Lake road 4' })),
      'by link': () => card(shareOf('p6', { audience: 'link' }), PICTURES),
      'with everybody': () => card(shareOf('p7', { audience: 'public' }), PICTURES),
      'from a friend, new': () => card(given('p8', { unread: true }), PICTURES),
      'passed on': () => card(given('p9', { madeBy: 'k51dora', madeByName: 'Dora' }), PICTURES),
      'an album': () => card(shareOf('p10', { ...toBen, adds: true }), PICTURES),
      'that no relay has yet': () => card(shareOf('p11', { ...toBen, kept: false }), PICTURES),
      'that was withdrawn': () => card(shareOf('p12', { audience: 'contacts', recipients: [] }), PICTURES),
      'with a very long title': () => card(shareOf('p13', { title: 'A very long title of a share '.repeat(6) }), PICTURES),
    },
  },
  {
    name: 'Answers',
    states: {
      none: () => answered(shareOf('a1', toBen), []),
      'hearts and comments': () =>
        answered(shareOf('a2', toBen), [
          { heart: true },
          { heart: true, name: 'Dora', who: 'k51dora' },
          HELLO,
          { text: 'Yes.', reply: 'a2-2', mine: true },
        ]),
      'hidden by the author': () => answered(shareOf('a3', toBen), [{ ...HELLO, hidden: true }]),
      'to something that is gone': () => answered(shareOf('a4', toBen), [{ ...HELLO, reply: 'gone' }]),
      'as its reader': () => answered(given('a5', {}), [HELLO]),
      'switched off': () => answered(shareOf('a6', { ...toBen, answers: false, answered: 1 }), [HELLO]),
    },
  },
]
