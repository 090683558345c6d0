/** Who the reader of the parts is, and what stands in for an engine: shares, their files, and what was answered to them. */

import type { Comment, FileEntry, Me, NewComment, Share, Spinney } from '../src/contract'
import { standIn } from '../src/state/engine'
import { setMe } from '../src/state/session'

const ME: Me = {
  id: 'k51me',
  name: 'Anna',
  waiting: false,
  invite: '',
  receipts: true,
  relayOnly: false,
  wordsConfirmed: true,
  published: true,
  leftOut: 0,
  removed: false,
  oldKeys: false,
  mayBeShown: false,
}
const NOW = new Date()

/** A share of the reader, unless it is said to be another's. */
export const shareOf = (id: string, other: Partial<Share>): Share => ({
  id,
  author: ME.id,
  title: 'Summer at the lake',
  created: NOW,
  audience: 'self',
  unread: false,
  size: 4_200_000,
  files: 0,
  root: 'bafy',
  kept: true,
  onOtherDevice: false,
  elsewhere: [],
  adds: false,
  answers: true,
  answered: 0,
  unlisted: false,
  inAlbum: false,
  ...other,
})

/** A share that a friend has given the reader. */
export const given = (id: string, other: Partial<Share>): Share =>
  shareOf(id, { author: 'k51ben', authorName: 'Ben', audience: 'contacts', ...other })

const files = new Map<string, readonly FileEntry[]>()
const comments = new Map<string, readonly Comment[]>()

/** Has a share consist of these files; each has a name and a type. */
export function fill(share: string, list: readonly [path: string, type: string, preview?: Blob][]): void {
  const entries = list.map(([path, type, preview]) => ({
    path,
    type,
    size: 30_000,
    have: 0,
    portableName: path,
    ...(preview && { preview }),
  }))
  files.set(share, entries)
}

/** Has friends have said this of a share. */
export function say(share: string, list: readonly Partial<Comment>[]): void {
  comments.set(
    share,
    list.map((each, i) => ({
      id: `${share}-${i}`,
      who: 'k51ben',
      name: 'Ben',
      time: NOW,
      heart: false,
      mine: false,
      hidden: false,
      ...each,
    })),
  )
}

const said = (share: string) => comments.get(share) ?? []

const shares = {
  fileNames: async (share: string) => files.get(share) ?? [],
  files: async (share: string) => files.get(share) ?? [],
  comments: async (share: string) => said(share),
  async comment(share: string, { text, heart = false, reply }: NewComment) {
    const one = { ...(text !== undefined && { text }), ...(reply !== undefined && { reply }), heart, mine: true, who: ME.id, name: ME.name }
    say(share, [...said(share), one])
  },
  async takeBackComment(share: string, comment: string) {
    say(
      share,
      said(share).filter(({ id }) => id !== comment),
    )
  },
  async hideComment(share: string, comment: string, hidden = true) {
    say(
      share,
      said(share).map(each => (each.id === comment ? { ...each, hidden } : each)),
    )
  },
}

/** What is asked of the engine beside this is never answered. */
const waiting = () => new Promise<never>(() => {})

/** Views after this are those of somebody who has unlocked a profile. */
export function unlocked(): void {
  setMe(ME)
  standIn({ shares: new Proxy(shares, { get: (all, name) => Reflect.get(all, name) ?? waiting }) } as unknown as Spinney)
}
