// Every package that this reader uses: public ones, and none of Spinney's own code.
// They lie where the one npm lock is.
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../../www/package.json', import.meta.url))

export const { blake3 } = require('@noble/hashes/blake3.js')
export const { argon2id } = require('@noble/hashes/argon2.js')
export const { expand, extract } = require('@noble/hashes/hkdf.js')
export const { hmac } = require('@noble/hashes/hmac.js')
export const { sha256 } = require('@noble/hashes/sha2.js')
export const { ed25519, x25519 } = require('@noble/curves/ed25519.js')
export const { chacha20poly1305, xchacha20poly1305 } = require('@noble/ciphers/chacha.js')
export const { ml_kem768_x25519: xwing } = require('@noble/post-quantum/hybrid.js')
export const { CipherSuite, HkdfSha256 } = require('@hpke/core')
export const { Chacha20Poly1305 } = require('@hpke/chacha20poly1305')
export const { XWing } = require('@hpke/hybridkem-x-wing')
export const dagCbor = require('@ipld/dag-cbor')
export const dagJson = require('@ipld/dag-json')
export const { CID } = require('multiformats/cid')
export const { base32 } = require('multiformats/bases/base32')
export const { base36 } = require('multiformats/bases/base36')
export const { create: createDigest } = require('multiformats/hashes/digest')
export const { entropyToMnemonic } = require('@scure/bip39')
export const { wordlist } = require('@scure/bip39/wordlists/english.js')
