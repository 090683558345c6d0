// FORMAT.md, "On the wire": messages with their lengths, the bitmap of `have`, and the work of mail.
import assert from 'node:assert/strict'
import { check, concat, decode, encode, fromHex, hex, u32be } from './codec.mjs'
import { digest, kdf, mac } from './crypto.mjs'
import { blake3, dagJson, sha256 } from './packages.mjs'
import { holds } from './rules.mjs'

/** The longest message of each protocol that a client and a server send. */
const LIMITS = {
  '/spinney/records/1': { client: 4096 * 48, server: 10 * 1024 + 256 },
  '/spinney/keep/1': { client: 2 ** 20 + 1024, server: 2 ** 20 + 1024 },
  '/spinney/mailbox/1': { client: 512 * 34 + 1024, server: 512 * 34 + 1024 },
  '/spinney/device-link/1': { client: 2048, server: 2048 },
  '/spinney/share/1': { client: 256, server: 256 }
}

/** The message in bytes that begin with its length, and nothing behind it. */
function message(bytes, limit) {
  let length = 0
  let at = 0
  for (;;) {
    const byte = bytes[at]
    length += (byte & 127) * 2 ** (7 * at)
    at += 1
    if (byte < 128) {
      check(at === 1 || byte !== 0, 'a length that is not minimal', 'wire')
      break
    }
  }
  check(length <= limit, 'a message is too long', 'wire')
  assert.equal(bytes.length, at + length, 'a step of a transcript is one message')
  return decode(bytes.subarray(at))
}

export const bitmap = (have) => have.reduce((bytes, bit, i) => {
  if (i % 8 === 0) bytes.push(0)
  if (bit) bytes[bytes.length - 1] |= 1 << (i % 8)
  return bytes
}, [])

/** What a session shows that opens with a token, and what names the token where it is lent. */
function loan({ open, lend, unlend }, token) {
  if (holds('token-alone')) check(!(open?.token && (open.certificate || open.removed)), 'more than a token', 'wire')
  if (open?.token) check(open.token.length === 32, 'a token of another length', 'wire')
  if (open?.token) assert.equal(hex(open.token), hex(token))
  const { token: known } = lend ?? unlend ?? {}
  if (known) assert.equal(hex(known), hex(holds('token-digest') ? sha256(token) : token))
}

/** A keeper's key for Web Pushes is an uncompressed point of P-256, and an endpoint that it accepts is on https. */
function subscription({ opened, subscribe }, answer) {
  if (opened?.vapid) assert.deepEqual([opened.vapid.length, opened.vapid[0]], [65, 4])
  if (subscribe) assert.equal(/^https:\/\/[a-z0-9.-]+\/[!-~]*$/.test(subscribe.endpoint), answer?.refused?.code !== 'bad-endpoint')
}

/** What a reader shows a keeper: bound to the devices of both. */
function shown({ open }, { fetch, asker, keeper }) {
  const [key, from, to] = [fetch, asker, keeper].map(fromHex)
  assert.equal(hex(open.tag), hex(mac(key, 'fetch/tag', to)))
  assert.equal(hex(open.proof), hex(mac(key, 'fetch/proof', holds('fetch-proof-binds') ? concat(from, to) : from)))
}

/** What a keeper answers to a question: a hash over the blocks under a key that the nonce, the owner and the keeper make. */
function proven({ prove }, { proof }, { owner, keeper, blocks }) {
  if (!prove) return
  assert.equal(prove.nonce.length, 32)
  if (!proof) return
  const [of, by] = [owner, keeper].map(fromHex)
  const key = kdf(prove.nonce, 'keep/proof', holds('proof-binds') ? concat(of, by) : of)
  const parts = blocks.map(fromHex).flatMap((block) => [u32be(block.length), block])
  assert.equal(hex(proof.hash), hex(blake3(concat(...parts), { key })))
}

/** Reads a transcript: every message is strict, and says what stands beside it. */
export function transcript({ protocol, steps, have, token, ...given }) {
  for (const [at, { from, bytes, says }] of steps.entries()) {
    const found = message(fromHex(bytes), LIMITS[protocol][from])
    check(typeof found === 'string' || Object.keys(found).length === 1, 'more than one message', 'wire')
    if (from === 'client' && given.fetch) shown(found, given)
    if (from === 'client' && given.owner) proven(found, message(fromHex(steps[at + 1].bytes), LIMITS[protocol].server), given)
    if (from === 'client') loan(found, token && fromHex(token))
    subscription(found, steps[at + 1]?.says)
    assert.equal(hex(encode(found)), hex(encode(dagJson.parse(JSON.stringify(says)))))
    if (have && found.have?.bitmap) assert.deepEqual([...found.have.bitmap], bitmap(have))
  }
}

const u64be = (n) => concat(u32be(Math.floor(n / 2 ** 32)), u32be(n % 2 ** 32))

/** The digest of a proof of work, and the zero bits that it begins with. */
export function work({ day, to, mail_digest: mail, nonce, bits, bytes }) {
  const found = digest('mailbox-work', u32be(day), fromHex(to), fromHex(mail), u64be(nonce))
  assert.equal(hex(found), hex(bytes))
  const binary = [...found].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  assert.equal(binary.indexOf('1'), bits)
}
