// FORMAT.md: keystore and vault. How vaults merge is in merge.mjs.
import { ed25519, sha256 } from './packages.mjs'
import { atMost, block, bytes, check, decode, equal, exactly, fields, int, list, maybe, object, powerOfTwo, rising, text, u32, utf8, versioned, within } from './codec.mjs'
import { kdf, openBox, passphraseKey, unframePadme, verifyingKey } from './crypto.mjs'
import { holds } from './rules.mjs'

const BOX = 24 + 32 + 16

const WRAPS = {
  passphrase: { m: int(8, 2 ** 20), t: int(1, 10), p: int(1, 1), salt: exactly(16), seed: exactly(BOX), phrase: maybe(exactly(BOX)) },
  passkey: { credential: bytes(1023), rp: text(253), salt: exactly(32), seed: exactly(BOX), added: maybe(int()) }
}

function wrap(value) {
  const { kind } = fields(value, { kind: text() })
  if (Object.hasOwn(WRAPS, kind)) fields(value, WRAPS[kind])
  else check(holds('keystore-other-wraps'), 'a way to unlock that nobody knows')
}

export function keystore(stored) {
  atMost(stored, 16 * 1024)
  return object(decode(stored), {
    id: verifyingKey,
    n: maybe(u32),
    wraps: (wraps) => check(list(wrap, 16)(wraps).length > 0, 'no way to unlock')
  })
}

export function unlock({ id, wraps }, passphrase) {
  const wrap = wraps.find(({ kind }) => kind === 'passphrase')
  const key = passphraseKey(passphrase, wrap)
  const open = (label, box) => openBox(kdf(key, label), label, box)
  const seed = open('keystore/seed', wrap.seed)
  isSeedOf(seed, id)
  return { key, seed, phrase: wrap.phrase && open('keystore/phrase', wrap.phrase) }
}

/** Unlocks with what WebAuthn's PRF gave for this credential. */
export function unlockWithPasskey({ id, wraps }, credential, prf) {
  const wrap = wraps.find((wrap) => wrap.kind === 'passkey' && equal(wrap.credential, credential))
  const key = holds('keystore-passkey-key') ? kdf(prf, 'keystore/passkey') : prf
  const seed = openBox(key, 'keystore/passkey', wrap.seed)
  isSeedOf(seed, id)
  return { key, seed }
}

function isSeedOf(seed, id) {
  const mine = equal(ed25519.getPublicKey(kdf(seed, 'identity')), id)
  if (holds('keystore-id')) within('id', () => check(mine, 'another identity'))
}

function entry(value) {
  fields(value, {
    key: text(256),
    at: (at) => {
      check(Array.isArray(at) && at.length === 2, 'another stamp')
      int()(at[0])
      exactly(32)(at[1])
    },
    gone: maybe((gone) => check(typeof gone === 'boolean', 'must be true or false'))
  })
  within('value', () => check((value.value === undefined) === (value.gone === true) && value.gone !== false, 'a value or gone'))
}

const NEWEST = 2

export function bucket(vaultKey, bytesOfBlock) {
  atMost(bytesOfBlock, 256 * 1024)
  const { sealed } = fields(versioned(decode(bytesOfBlock), NEWEST), { sealed: bytes() })
  return fields(versioned(decode(unframePadme(openBox(vaultKey, 'vault', sealed))), NEWEST), {
    entries: (entries) => {
      const keys = list(entry)(entries).map(({ key }) => utf8(key))
      if (holds('bucket-keys-once')) rising(keys)
    }
  })
}

export function buckets(bytesOfBlock) {
  atMost(bytesOfBlock, 64 * 1024)
  return fields(versioned(decode(bytesOfBlock), NEWEST), { buckets: (buckets) => powerOfTwo(list(block)(buckets).length, 1, 1024) })
}

export function placeOf(key, count) {
  const hash = sha256(utf8(key))
  return Math.floor((new DataView(hash.buffer, hash.byteOffset).getUint32(0) * count) / 2 ** 32)
}
