// FORMAT.md: invite, request, link, drop link.
import { sha256 } from './packages.mjs'
import { block, check, concat, decode, equal, exactly, fields, int, list, maybe, object, relays, text, utf8, within } from './codec.mjs'
import { digest, kdf, mac, openHpke, passphraseKey, unframe, verifyingKey } from './crypto.mjs'
import { holds } from './rules.mjs'
import { claimedSigner, openSigned } from './signed.mjs'

const DAY = 24 * 60 * 60 * 1000

/** The compact text, or what stands after a route in a URL. */
const behind = (typed, route) => typed.trim().split(route).slice(-1)[0]

/** The object in a compact text, of at most so many bytes. */
export function read(code, hash, limit = 2048) {
  const keeps = (holds, why) => check(holds, why, 'text')
  const read = new Uint8Array(Buffer.from(code, 'base64url'))
  if (holds('text-one-spelling')) keeps(Buffer.from(read).toString('base64url') === code, 'not base64url')
  keeps(read.length >= 4 && read.length <= 4 + limit, 'too long or too short')
  const object = read.subarray(4)
  keeps(equal(read.subarray(0, 4), hash(object).subarray(0, 4)), 'mistyped')
  return decode(object)
}

export function invite(typed) {
  const value = object(read(behind(typed, '#/add/'), sha256), {
    pk: verifyingKey,
    name: maybe(text(64)),
    relays,
    seq: int(),
    secret: maybe(exactly(32)),
    until: maybe(int())
  })
  if (holds('invite-until-with-secret')) {
    within('until', () => check(('secret' in value) === ('until' in value), 'a secret and its end'))
  }
  return value
}

export const proof = (secret, from, to) => mac(secret, 'invite', from, to)
export const token = (secret) => kdf(secret, 'invite-token')

/** The envelope in a request that was left for the owner of this kem key. */
export async function requestEnvelope(reader, readerKem, sealed) {
  check(sealed.length === 4096 + 1136, 'another length than requests have', 'size')
  const frame = await openHpke(readerKem, concat(utf8('spinney/v1/request\0'), reader), sealed)
  return unframe(frame, () => 4096)
}

export function request(from, reader, envelope, now) {
  const value = openSigned('request', from, envelope, 4092, (value) => object(value, {
    to: verifyingKey,
    time: int(),
    message: text(500),
    relays,
    proof: maybe(exactly(32)),
    predecessor: maybe(verifyingKey),
    drop: maybe((drop) => fields(drop, {
      proof: exactly(32),
      manifest: (pointer) => fields(pointer, { cid: holds('drop-manifest-block') ? block : () => {}, key: exactly(32) }),
      share: exactly(16),
      files: int(),
      size: int()
    }))
  }))
  within('object', () => within('to', () => check(equal(value.to, reader), 'for somebody else')))
  check(!equal(from ?? claimedSigner(envelope), reader), 'my own', 'signer')
  const isOfToday = value.time + 60 * DAY > now && value.time <= now + 30 * DAY
  if (holds('request-time')) within('object', () => within('time', () => check(isOfToday, 'too old or of a time to come')))
  return value
}

export function link(typed) {
  return object(read(behind(typed, '#/link/'), (bytes) => digest('link-text', bytes)), {
    pk: verifyingKey,
    s: exactly(32),
    relays,
    seq: int(),
    until: maybe(int())
  })
}

/** Everything that follows from the secret of a link and its password, which may be empty. */
export function linkKeys(secret, password) {
  const salt = kdf(secret, 'link-salt', undefined, 16)
  const none = new Uint8Array(32)
  const passwordKey = password === '' ? none : passphraseKey(password, { salt, m: 64 * 1024, t: 3, p: 1 })
  return { salt, passwordKey, label: kdf(secret, 'link-label'), pair: kdf(concat(secret, passwordKey), 'link') }
}

export function dropLink(typed) {
  return object(read(behind(typed, '#/drop/'), (bytes) => digest('drop-text', bytes)), {
    pk: verifyingKey,
    s: exactly(32),
    relays: (value) => {
      relays(value)
      list(text(), 2)(value)
    },
    bytes: int(),
    until: int()
  })
}

export const dropToken = (secret) => kdf(secret, 'drop/token')

/** What a request of this sender to this reader proves that leaves the files of this manifest in a drop box. */
export const dropProof = (secret, from, to, manifest) => mac(holds('drop-proof-key') ? kdf(secret, 'drop/proof') : secret, 'drop', from, to, manifest.multihash.digest)
