// FORMAT.md: requests, and what grows from the secrets of invites, links and drop links.
import { block, check, concat, equal, exactly, fields, int, maybe, object, relays, text, utf8, within } from './codec.mjs'
import { kdf, mac, openHpke, passphraseKey, unframe, verifyingKey } from './crypto.mjs'
import { holds } from './rules.mjs'
import { claimedSigner, openSigned } from './signed.mjs'

const DAY = 24 * 60 * 60 * 1000

export const proof = (secret, from, to) => mac(holds('invite-proof-key') ? kdf(secret, 'invite-proof') : secret, 'invite', from, to)
export const token = (secret) => kdf(secret, 'invite-token')

export const introductionProof = (secret, from, to) => mac(secret, 'introduction', from, to)
export const introductionToken = (secret) => kdf(secret, 'introduction-token')

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

/** Everything that follows from the secret of a link and its password, which may be empty. */
export function linkKeys(secret, password) {
  const salt = kdf(secret, 'link-salt', undefined, 16)
  const none = new Uint8Array(32)
  const passwordKey = password === '' ? none : passphraseKey(password, { salt, m: 64 * 1024, t: 3, p: 1 })
  return { salt, passwordKey, label: kdf(secret, 'link-label'), pair: kdf(concat(secret, passwordKey), 'link') }
}

export const dropToken = (secret) => kdf(secret, 'drop/token')

/** What a request of this sender to this reader proves that leaves the files of this manifest in a drop box. */
export const dropProof = (secret, from, to, manifest) => mac(holds('drop-proof-key') ? kdf(secret, 'drop/proof') : secret, 'drop', from, to, manifest.multihash.digest)
