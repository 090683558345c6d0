// FORMAT.md: profile, device certificate, root, record, public share, feed page.
import { base32, CID } from './packages.mjs'
import { bytes, check, concat, DAG_CBOR, DAG_PB, decode, equal, exactly, int, link, list, map, rising, text, u32, utf8, versioned } from './codec.mjs'
import { verify, verifyingKey } from './crypto.mjs'
import { picture } from './picture.mjs'
import { claimedSigner, openSigned } from './signed.mjs'

const DAY = 24 * 60 * 60 * 1000

export function relays(value) {
  for (const relay of list(value, 4)) check(utf8(text(relay)).length <= 256, 'a relay address is too long')
}

export function profile(pk, envelope) {
  const object = versioned(openSigned('profile', pk, envelope, 64 * 1024))
  text(object.name, 64)
  if ('bio' in object) text(object.bio, 1000)
  if ('avatar' in object) picture(object.avatar, 48 * 1024, 512)
  u32(map(object.kem).epoch)
  exactly(object.kem.key, 1216)
  exactly(object.label, 32)
  relays(object.relays)
  exactly(object.heir, 32)
  if ('predecessor' in object) verifyingKey(exactly(object.predecessor, 32))
  int(object.time)
  return object
}

/** Used for a certificate in a note, too. */
export function device(pk, envelope) {
  const object = versioned(openSigned('device', pk, envelope, 1024))
  verifyingKey(exactly(object.device, 32))
  int(int(object.until) - int(object.from), 1, 90 * DAY)
  return object
}

export function root(pk, envelope) {
  const object = versioned(openSigned('root', pk, envelope, 4 * 1024))
  int(object.seq)
  int(object.time)
  rising(list(object.prev, 4).map((digest) => exactly(digest, 32)))
  for (const key of ['profile', 'letterboxes', 'vault']) link(object[key], DAG_CBOR)
  if ('feed' in object) link(object.feed, DAG_CBOR)
  return object
}

export function publicShare(pk, envelope) {
  const object = versioned(openSigned('public-share', pk, envelope, 20 * 1024))
  exactly(object.share, 16)
  for (const key of ['rev', 'created', 'files', 'size']) int(object[key])
  text(object.title, 200)
  text(object.note, 4000)
  link(object.root, DAG_PB)
  return object
}

/** The list of pages before page `no`. */
export function olderPages(value, no) {
  let last = int(no)
  for (const older of list(value, 32)) {
    check(int(map(older).no) < last, 'older pages must fall')
    link(older.cid, DAG_CBOR)
    last = older.no
  }
}

const ENTRIES = {
  share(entry) {
    check(bytes(entry.object).length <= 20 * 1024, 'a share is too large')
    relays(entry.keepers)
  },
  gone: (entry) => exactly(entry.share, 20),
}

export function feedPage(pk, envelope) {
  const object = versioned(openSigned('feed-page', pk, envelope, 32 * 1024))
  let last = -1
  for (const entry of list(object.entries, 512)) {
    text(map(entry).k)
    check(int(entry.t) > last, 'times must rise')
    last = entry.t
    if (Object.hasOwn(ENTRIES, entry.k)) ENTRIES[entry.k](entry)
  }
  olderPages(object.older, object.no)
  return object
}

/** The public shares on a page, each with its maker. */
export function sharesOn(page) {
  return page.entries
    .filter(({ k }) => k === 'share')
    .map(({ object }) => ({ maker: claimedSigner(object), share: publicShare(claimedSigner(object), object) }))
}

/** The fields of a protobuf message: numbers and byte strings by their number. */
function protobuf(message) {
  const fields = new Map()
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      check(at < message.length, 'a message is cut short')
      const byte = message[at++]
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(value)
    }
    throw new Error('a varint without end')
  }
  while (at < message.length) {
    const key = varint()
    if ((key & 7) === 0) {
      fields.set(key >> 3, varint())
    } else {
      check((key & 7) === 2, 'a kind of field that records do not have')
      const length = varint()
      check(at + length <= message.length, 'a message is cut short')
      fields.set(key >> 3, message.subarray(at, at + length))
      at += length
    }
  }
  return fields
}

export function record(pk, message) {
  check(message.length <= 10 * 1024, 'too large')
  const fields = protobuf(message)
  const data = bytes(fields.get(9))
  verify(pk, concat(utf8('ipns-signature:'), data), bytes(fields.get(8)))
  const { Value, Validity, ValidityType, Sequence, TTL } = decode(data)
  check(ValidityType === 0, 'another validity type')
  const older = [[1, Value], [3, ValidityType], [4, Validity], [5, Sequence], [6, TTL]]
  for (const [number, signed] of older) {
    if (!fields.has(number)) continue
    const copy = fields.get(number)
    check(typeof signed === 'number' ? copy === signed : equal(copy, signed), 'an unsigned copy contradicts')
  }
  const value = new TextDecoder().decode(Value)
  check(value.startsWith('/ipfs/'), 'another value')
  const cid = link(CID.parse(value.slice('/ipfs/'.length)))
  check(value === `/ipfs/${cid.toString(base32)}`, 'another spelling of the value')
  return { root: cid, sequence: int(Sequence), until: Date.parse(new TextDecoder().decode(Validity)), ttl: int(TTL) }
}
