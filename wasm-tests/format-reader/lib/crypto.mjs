// FORMAT.md, "Cryptography".
import { argon2id, blake3, chacha20poly1305, Chacha20Poly1305, CipherSuite, ed25519, expand, extract, HkdfSha256, hmac, sha256, sha512, x25519, xchacha20poly1305, XWing } from './packages.mjs'
import { check, concat, equal, exactly, Refused, utf8 } from './codec.mjs'
import { holds } from './rules.mjs'

const ZERO_NONCE = new Uint8Array(12)
const EMPTY = new Uint8Array()

export const info = (label, context) => concat(utf8(`spinney/v1/${label}\0`), context)

export function kdf(ikm, label, context = EMPTY, n = 32) {
  return expand(sha256, extract(sha256, ikm, EMPTY), info(label, context), n)
}

/** 48 derived bytes as a tag or label of 16 and a key of 32. */
export function tagAndKey(ikm, label, context) {
  const derived = kdf(ikm, label, context, 48)
  return [derived.subarray(0, 16), derived.subarray(16)]
}

export const digest = (label, ...parts) => sha256(concat(utf8(`spinney/v1/${label}\0`), ...parts))

export const mac = (key, label, ...parts) => hmac(sha256, key, concat(info(label, EMPTY), ...parts))

function opened(open) {
  try {
    return open()
  } catch (error) {
    throw new Refused('sealed', `does not open: ${error.message}`)
  }
}

export function sealBlock(secret, plaintext) {
  const key = blake3(plaintext, { key: secret })
  return [key, chacha20poly1305(key, ZERO_NONCE).encrypt(plaintext)]
}

export const openOnce = (key, sealed) => opened(() => chacha20poly1305(key, ZERO_NONCE).decrypt(sealed))

/** Opens a block seal. `secret` is what its author derives keys from; a reader does not check that. */
export function openBlock(key, sealed, secret) {
  const plaintext = openOnce(key, sealed)
  if (secret && !holds('block-key-free')) check(equal(blake3(plaintext, { key: secret }), key), 'another key', 'sealed')
  return plaintext
}

export const sealBox = (key, label, plaintext, nonce) =>
  concat(nonce, xchacha20poly1305(key, nonce, info(label, EMPTY)).encrypt(plaintext))

export const openBox = (key, label, sealed) =>
  opened(() => xchacha20poly1305(key, sealed.subarray(0, 24), info(label, EMPTY)).decrypt(sealed.subarray(24)))

export function padme(length) {
  if (length < 2) return length
  const e = Math.floor(Math.log2(length))
  const step = 2 ** (e - (Math.floor(Math.log2(e)) + 1))
  return Math.ceil(length / step) * step
}

/** The data of a frame. Its size must be what `size` returns for its length; `rule` is the name of that rule. */
export function unframe(frame, size, rule) {
  const keeps = (holds, why) => check(holds, why, 'frame')
  keeps(frame.length >= 4, 'a frame is cut short')
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0)
  keeps(4 + length <= frame.length, 'a frame is cut short')
  if (holds('frame-filling')) keeps(frame.subarray(4 + length).every((byte) => byte === 0), 'a frame is filled with something')
  if (holds(rule)) keeps(size(4 + length) === frame.length, 'a frame has another size than it must have')
  return frame.subarray(4, 4 + length)
}

export const unframePadme = (frame) => unframe(frame, padme, 'frame-padme')

const { Point } = ed25519
const ORDER = Point.Fn.ORDER
const littleEndian = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)

/** An Ed25519 public key: a canonical point, not of small order. */
export function verifyingKey(pk) {
  exactly(32)(pk)
  let point
  try {
    point = Point.fromBytes(pk)
  } catch (error) {
    throw new Refused('field', `no key: ${error.message}`)
  }
  check(!point.isSmallOrder(), 'a weak key')
  return pk
}

/** RFC 8032, strictly, and without the cofactor. */
export function verify(pk, message, signature) {
  const keeps = (holds, why) => check(holds, why, 'signature')
  let key, commitment
  try {
    key = Point.fromBytes(pk)
    commitment = Point.fromBytes(signature.slice(0, 32))
  } catch (error) {
    throw new Refused('signature', `no point: ${error.message}`)
  }
  if (holds('signature-signer')) keeps(!key.isSmallOrder(), 'a weak signer')
  if (holds('signature-commitment')) keeps(!commitment.isSmallOrder(), 'a weak commitment')
  const s = littleEndian(signature.subarray(32))
  if (holds('signature-s')) keeps(s < ORDER, 'a second spelling of a signature')
  const k = littleEndian(sha512(concat(signature.subarray(0, 32), pk, message))) % ORDER
  const right = commitment.add(key.multiplyUnsafe(k))
  keeps(Point.BASE.multiplyUnsafe(s % ORDER).equals(right), 'the signature does not hold')
}

/** An X25519 public key that is not of small order. */
export function labelKey(value) {
  exactly(32)(value)
  try {
    x25519.getSharedSecret(new Uint8Array(32).fill(1), value)
  } catch {
    throw new Refused('field', 'a weak key')
  }
}

const COEFFICIENTS = 1152
const Q = 3329

/** An X-Wing public key: the coefficients of ML-KEM-768 are below q. */
export function kemKey(value) {
  exactly(1216)(value)
  for (let i = 0; i < COEFFICIENTS; i += 3) {
    const [a, b, c] = value.subarray(i, i + 3)
    check((a | ((b & 15) << 8)) < Q && ((b >> 4) | (c << 4)) < Q, 'a coefficient out of range')
  }
}

const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Chacha20Poly1305() })
const ENCAPSULATION = 1120
const buffer = (bytes) => bytes.slice().buffer

export async function openHpke(privateKey, info, sealed) {
  try {
    const recipientKey = await suite.kem.importKey('raw', buffer(privateKey), false)
    const context = { recipientKey, enc: buffer(sealed.subarray(0, ENCAPSULATION)), info: buffer(info) }
    const recipient = await suite.createRecipientContext(context)
    return new Uint8Array(await recipient.open(buffer(sealed.subarray(ENCAPSULATION))))
  } catch (error) {
    throw new Refused('sealed', `does not open: ${error.message}`)
  }
}

export const passphraseKey = (passphrase, { salt, m, t, p }) =>
  argon2id(utf8(passphrase.normalize('NFC')), salt, { m, t, p, dkLen: 32 })
