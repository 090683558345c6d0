// Every package that this reader uses: public ones, and no code of Spinney. They are in the one npm lock.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const packages = new URL('../../../www/node_modules/', import.meta.url)
const require = createRequire(new URL('../package.json', packages))

/** For packages that can only be imported. Node looks for them beside this file only. */
export function load(name, part = '.') {
  const place = new URL(`${name}/`, packages)
  const { exports } = JSON.parse(readFileSync(new URL('package.json', place), 'utf8'))
  return import(new URL(exports[part].import, place))
}

export const { blake3 } = require('@noble/hashes/blake3.js')
export const { argon2id } = require('@noble/hashes/argon2.js')
export const { expand, extract } = require('@noble/hashes/hkdf.js')
export const { hmac } = require('@noble/hashes/hmac.js')
export const { sha256, sha512 } = require('@noble/hashes/sha2.js')
export const { ed25519, x25519 } = require('@noble/curves/ed25519.js')
export const { chacha20, chacha20poly1305, xchacha20poly1305 } = require('@noble/ciphers/chacha.js')
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

export const dagPb = await load('@ipld/dag-pb')
export const { CarReader } = await load('@ipld/car', './reader')
export const { CarWriter } = await load('@ipld/car', './writer')
export const { importer } = await load('ipfs-unixfs-importer')
export const { fixedSize } = await load('ipfs-unixfs-importer', './chunker')
export const { balanced, trickle } = await load('ipfs-unixfs-importer', './layout')
