// FORMAT.md: profile, device certificate, root, public share, feed page.
import { block, bytes, check, DAG_PB, exactly, int, link, list, map, maybe, object, relays, rising, text, u32, within, fields } from './codec.mjs'
import { kemKey, labelKey, verifyingKey } from './crypto.mjs'
import { picture } from './picture.mjs'
import { holds } from './rules.mjs'
import { claimedSigner, openSigned } from './signed.mjs'

const DAY = 24 * 60 * 60 * 1000
const HOUR = 60 * 60 * 1000

export function profile(pk, envelope) {
  return openSigned('profile', pk, envelope, 64 * 1024, (value) => object(value, {
    name: text(64),
    bio: maybe(text(1000)),
    avatar: maybe(picture(48 * 1024, 512)),
    kem: (kem) => fields(kem, { epoch: u32, key: kemKey }),
    label: labelKey,
    relays,
    heir: exactly(32),
    predecessor: maybe(verifyingKey),
    time: int()
  }))
}

/** Used for a certificate in a note, too. */
export function device(pk, envelope) {
  return openSigned('device', pk, envelope, 1024, (value) => {
    object(value, { device: verifyingKey, from: int(), until: int() })
    within('until', () => int(1, 90 * DAY)(value.until - value.from))
  })
}

/** Whether a certificate is valid at a time; clocks differ by up to an hour. */
export const isValid = ({ from, until }, now) => from - HOUR <= now && now < until

export function root(pk, envelope) {
  return openSigned('root', pk, envelope, 4 * 1024, (value) => object(value, {
    seq: int(),
    prev: (prev) => rising(list(exactly(32), 4)(prev)),
    time: int(),
    profile: block,
    letterboxes: block,
    vault: block,
    feed: maybe(block),
    successor: maybe(verifyingKey)
  }))
}

export function publicShare(pk, envelope) {
  return openSigned('public-share', pk, envelope, 20 * 1024, (value) => object(value, {
    share: exactly(16),
    rev: int(),
    created: int(),
    title: text(200),
    note: text(4000),
    root: link(DAG_PB),
    files: int(),
    size: int()
  }))
}

/** Earlier pages, at most 32, whose numbers fall and are below `no`. */
export const olderPages = list((value) => fields(value, { no: int(), cid: block }), 32)
const anyNumberOfOlderPages = list((value) => fields(value, { no: int(), cid: block }))
export const older = (value) => (holds('older-32') ? olderPages : anyNumberOfOlderPages)(value)

export function falling(pages, no) {
  within('older', () => check([no, ...pages.map((page) => page.no)].every((n, i, all) => i === 0 || n < all[i - 1]), 'older pages must fall'))
}

const ENTRIES = {
  share: { object: bytes(20 * 1024), keepers: relays },
  gone: { share: exactly(20) }
}

function entry(value) {
  fields(map(value), { k: text() })
  if (Object.hasOwn(ENTRIES, value.k)) fields(value, ENTRIES[value.k])
  fields(value, { t: int() })
}

/** A page of a feed, with every share on it. */
export function feedPage(pk, envelope) {
  const page = openSigned('feed-page', pk, envelope, 32 * 1024, (value) => {
    object(value, {
      no: int(),
      entries: (entries) => {
        list(entry, 512)(entries)
        check(entries.every(({ t }, i) => i === 0 || entries[i - 1].t < t), 'times must rise')
      },
      older
    })
    falling(value.older, value.no)
  })
  if (holds('feed-inner-envelope')) sharesOn(page)
  return page
}

/** The public shares on a page, each with its maker. Those of a later version are passed over. */
export function sharesOn(page) {
  const shares = []
  for (const { k, object } of page.entries) {
    if (k !== 'share') continue
    try {
      shares.push({ maker: claimedSigner(object), share: publicShare(undefined, object), object })
    } catch (error) {
      if (error.code !== 'version') throw error
    }
  }
  return shares
}
