// FORMAT.md, "Cryptography".
import { argon2id, blake3, chacha20poly1305, Chacha20Poly1305, CipherSuite, ed25519, expand, extract, HkdfSha256, hmac, sha256, xchacha20poly1305, XWing } from './packages.mjs'
import { check, concat, Refused, utf8 } from './codec.mjs'

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
    throw new Refused(`does not open: ${error.message}`)
  }
}

export function sealBlock(secret, plaintext) {
  const key = blake3(plaintext, { key: secret })
  return [key, chacha20poly1305(key, ZERO_NONCE).encrypt(plaintext)]
}

export const openOnce = (key, sealed) => opened(() => chacha20poly1305(key, ZERO_NONCE).decrypt(sealed))

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

/** The data of a frame. Its size must be what `size` returns for its length. */
export function unframe(frame, size) {
  check(frame.length >= 4, 'a frame is cut short')
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0)
  check(4 + length <= frame.length, 'a frame is cut short')
  check(frame.subarray(4 + length).every((byte) => byte === 0), 'a frame is filled with something')
  check(size(4 + length) === frame.length, 'a frame has another size than it must have')
  return frame.subarray(4, 4 + length)
}

export function verifyingKey(pk) {
  const point = opened(() => ed25519.Point.fromBytes(pk))
  check(!point.isSmallOrder(), 'a weak key')
  return pk
}

export function verify(pk, message, signature) {
  verifyingKey(pk)
  let holds = false
  try {
    holds = ed25519.verify(signature, message, pk, { zip215: false })
  } catch {
    // A malformed signature does not verify either.
  }
  check(holds, 'the signature does not hold')
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
    throw new Refused(`does not open: ${error.message}`)
  }
}

export const passphraseKey = (passphrase, { salt, m, t, p }) =>
  argon2id(utf8(passphrase.normalize('NFC')), salt, { m, t, p, dkLen: 32 })
