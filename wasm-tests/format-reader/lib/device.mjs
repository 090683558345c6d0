// FORMAT.md: what is handed over to the device that has read the code of another.
import { ed25519, sha256, wordlist } from './packages.mjs'
import { check, concat, decode, equal, exactly, int, object, relays, u32, utf8, within } from './codec.mjs'
import { digest, kdf, mac, openBox } from './crypto.mjs'

/** Everything that both devices derive from the code and what they say. */
export function link({ secret, old, new: newDevice, nonceOld, nonceNew, name, id }) {
  const transcript = digest('device-link', old, newDevice, nonceOld, nonceNew, sha256(utf8(name)))
  const keys = kdf(secret, 'device-link/keys', transcript, 96)
  const [keyNew, keyOld, keySeed] = [0, 32, 64].map((at) => keys.subarray(at, at + 32))
  const bits = [...kdf(secret, 'device-link/words', transcript)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return {
    commit: digest('device-link/commit', newDevice, nonceNew),
    transcript,
    keyNew,
    keyOld,
    keySeed,
    joinMac: mac(keyNew, 'device-link/join', transcript),
    welcomeMac: mac(keyOld, 'device-link/welcome', concat(transcript, id)),
    words: [0, 1, 2, 3].map((i) => wordlist[Number.parseInt(bits.slice(i * 11, (i + 1) * 11), 2)])
  }
}

/** What the new device is given, if the seed is that of the identity that the other device said. */
export function handover(keySeed, id, sealed) {
  const value = object(decode(openBox(keySeed, 'device-link/seed', sealed)), {
    n: u32,
    seed: exactly(32),
    heir: exactly(32),
    relays,
    seq: int()
  })
  const mine = equal(ed25519.getPublicKey(kdf(value.seed, 'identity')), id)
  within('seed', () => check(mine, 'another identity'))
  return value
}
