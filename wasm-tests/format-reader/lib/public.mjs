// FORMAT.md: profile, device certificate, root, record, invite.
import { base32, CID, sha256 } from './packages.mjs'
import { bytes, check, concat, DAG_CBOR, decode, equal, exactly, int, link, list, map, picture, rising, text, u32, utf8, versioned } from './codec.mjs'
import { verify, verifyingKey } from './crypto.mjs'
import { openSigned } from './signed.mjs'

const DAY = 24 * 60 * 60 * 1000

export function relays(value) {
  for (const relay of list(value, 4)) check(utf8(text(relay)).length <= 256, 'a relay address is too long')
}

export function profile(pk, envelope) {
  const object = versioned(openSigned('profile', pk, envelope, 64 * 1024))
  text(object.name, 64)
  if ('bio' in object) text(object.bio, 1000)
  if ('avatar' in object) picture(object.avatar, 48 * 1024)
  u32(map(object.kem).epoch)
  exactly(object.kem.key, 1216)
  exactly(object.label, 32)
  relays(object.relays)
  exactly(object.heir, 32)
  if ('predecessor' in object) verifyingKey(exactly(object.predecessor, 32))
  int(object.time)
  return object
}

/** Also where a certificate stands in a note. */
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

export function invite(typed) {
  const code = typed.trim().split('#/add/').at(-1)
  const read = new Uint8Array(Buffer.from(code, 'base64url'))
  check(Buffer.from(read).toString('base64url') === code, 'not base64url')
  check(read.length > 4 && read.length <= 4 + 2048, 'too long or too short')
  const object = read.subarray(4)
  check(equal(read.subarray(0, 4), sha256(object).subarray(0, 4)), 'mistyped')
  const invite = versioned(decode(object))
  verifyingKey(exactly(invite.pk, 32))
  if ('name' in invite) text(invite.name, 64)
  relays(invite.relays)
  int(invite.seq)
  return invite
}
