// FORMAT.md: invite, request, link.
import { sha256 } from './packages.mjs'
import { check, concat, decode, equal, exactly, int, text, utf8, versioned } from './codec.mjs'
import { digest, kdf, mac, openHpke, passphraseKey, unframe, verifyingKey } from './crypto.mjs'
import { relays } from './public.mjs'
import { openSigned } from './signed.mjs'

/** The object in a compact text, or in a link with the text after a route. */
function read(typed, route, hash) {
  const code = typed.trim().split(route).at(-1)
  const read = new Uint8Array(Buffer.from(code, 'base64url'))
  check(Buffer.from(read).toString('base64url') === code, 'not base64url')
  check(read.length > 4 && read.length <= 4 + 2048, 'too long or too short')
  const object = read.subarray(4)
  check(equal(read.subarray(0, 4), hash(object).subarray(0, 4)), 'mistyped')
  return versioned(decode(object))
}

export function invite(typed) {
  const object = read(typed, '#/add/', sha256)
  verifyingKey(exactly(object.pk, 32))
  if ('name' in object) text(object.name, 64)
  relays(object.relays)
  int(object.seq)
  check('secret' in object === 'until' in object, 'a secret and its end')
  if ('secret' in object) {
    exactly(object.secret, 32)
    int(object.until)
  }
  return object
}

export const proof = (secret, from, to) => mac(secret, 'invite', from, to)
export const token = (secret) => kdf(secret, 'invite-token')

/** The envelope in a request that was left for the owner of this kem key. */
export async function requestEnvelope(reader, readerKem, sealed) {
  check(sealed.length === 4096 + 1136, 'another length than requests have')
  const frame = await openHpke(readerKem, concat(utf8('spinney/v1/request\0'), reader), sealed)
  return unframe(frame, () => 4096)
}

export function request(from, reader, envelope) {
  const object = versioned(openSigned('request', from, envelope, 4092))
  check(equal(verifyingKey(exactly(object.to, 32)), reader), 'for somebody else')
  int(object.time)
  text(object.message, 500)
  relays(object.relays)
  if ('proof' in object) exactly(object.proof, 32)
  return object
}

export function link(typed) {
  const object = read(typed, '#/link/', (bytes) => digest('link-text', bytes))
  verifyingKey(exactly(object.pk, 32))
  exactly(object.s, 32)
  relays(object.relays)
  int(object.seq)
  if ('until' in object) int(object.until)
  return object
}

/** Everything that follows from the secret of a link and its password, which may be empty. */
export function linkKeys(secret, password) {
  const salt = kdf(secret, 'link-salt', undefined, 16)
  const none = new Uint8Array(32)
  const passwordKey = password === '' ? none : passphraseKey(password, { salt, m: 64 * 1024, t: 3, p: 1 })
  return { salt, passwordKey, label: kdf(secret, 'link-label'), pair: kdf(concat(secret, passwordKey), 'link') }
}
