// FORMAT.md: keystore and vault.
import { sha256 } from './packages.mjs'
import { bytes, check, decode, exactly, int, link, list, map, powerOfTwo, rising, text, utf8, versioned } from './codec.mjs'
import { kdf, openBox, padme, passphraseKey, unframe, verifyingKey } from './crypto.mjs'

const BOX = 24 + 32 + 16

export function keystore(stored) {
  check(stored.length <= 16 * 1024, 'too large')
  const object = versioned(decode(stored))
  verifyingKey(exactly(object.id, 32))
  check(list(object.wraps, 16).length > 0, 'no way to unlock')
  for (const wrap of object.wraps) {
    if (text(map(wrap).kind) !== 'passphrase') continue
    int(wrap.m, 8, 2 ** 20)
    int(wrap.t, 1, 10)
    int(wrap.p, 1, 1)
    exactly(wrap.salt, 16)
    exactly(wrap.seed, BOX)
    exactly(wrap.phrase, BOX)
  }
  return object
}

export function unlock({ wraps }, passphrase) {
  const wrap = wraps.find(({ kind }) => kind === 'passphrase')
  const key = passphraseKey(passphrase, wrap)
  const open = (label, box) => openBox(kdf(key, label), label, box)
  return { key, seed: open('keystore/seed', wrap.seed), phrase: open('keystore/phrase', wrap.phrase) }
}

export function bucket(vaultKey, block) {
  check(block.length <= 256 * 1024, 'too large')
  const { sealed } = versioned(decode(block))
  const object = versioned(decode(unframe(openBox(vaultKey, 'vault', bytes(sealed)), padme)))
  rising(list(object.entries).map(({ key }) => utf8(text(key, 256))))
  for (const { at, value, gone } of object.entries) {
    check(list(at).length === 2, 'another stamp')
    int(at[0])
    exactly(at[1], 32)
    check((value === undefined) === (gone === true), 'a value or gone')
  }
  return object
}

export function buckets(block) {
  check(block.length <= 64 * 1024, 'too large')
  const object = versioned(decode(block))
  powerOfTwo(list(object.buckets).length, 1, 1024)
  for (const cid of object.buckets) link(cid)
  return object
}

export function placeOf(key, count) {
  const hash = sha256(utf8(key))
  return Math.floor((new DataView(hash.buffer, hash.byteOffset).getUint32(0) * count) / 2 ** 32)
}
