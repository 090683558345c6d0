// FORMAT.md, "Encoding": strict DAG-CBOR, names of blocks, and the rules of fields.
import { CID, createDigest, dagCbor, sha256 } from './packages.mjs'
import { holds } from './rules.mjs'

export const RAW = 0x55
export const DAG_PB = 0x70
export const DAG_CBOR = 0x71
const SHA2_256 = 0x12
const MAX_DEPTH = 16
const MAX_DIGEST = 64

/** Bytes or an object that a reader must refuse. `code` is what FORMAT.md, "Vectors", lists. */
export class Refused extends Error {
  constructor(step, why, path = []) {
    super(why)
    this.step = step
    this.path = path
  }

  get code() {
    return this.path.length > 0 ? `${this.step}:${this.path.join('.')}` : this.step
  }
}

/** Refuses what breaks a rule: of a field, where no other step is named. */
export function check(keeps, why, step = 'field') {
  if (!keeps) throw new Refused(step, why)
}

/** What `rule` returns; what it refuses is at `key` of the value around. */
export function within(key, rule) {
  try {
    return rule()
  } catch (error) {
    if (error instanceof Refused && error.step === 'field') error.path.unshift(key)
    throw error
  }
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex')
export const fromHex = (text) => new Uint8Array(Buffer.from(text, 'hex'))
export const utf8 = (text) => new TextEncoder().encode(text)
export const concat = (...parts) => new Uint8Array(Buffer.concat(parts))
export const equal = (a, b) => Buffer.compare(a, b) === 0
export const u32be = (n) => new Uint8Array([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])

export const encode = (value) => dagCbor.encode(value)

/** Refuses what is larger than its kind may be, before a byte of it is read. */
export function atMost(bytes, limit) {
  if (holds('block-sizes')) check(bytes.length <= limit, `larger than ${limit} bytes`, 'size')
}

/** Strict DAG-CBOR. */
export function decode(bytes, depth = MAX_DEPTH) {
  let value
  try {
    value = dagCbor.decode(bytes)
  } catch (error) {
    throw new Refused('cbor', error.message)
  }
  walk(value, depth)
  check(equal(encode(value), bytes), 'not the canonical encoding', 'cbor')
  return value
}

function walk(value, depth) {
  const cbor = (keeps, why) => check(keeps, why, 'cbor')
  if (typeof value === 'number') return cbor(Number.isSafeInteger(value) && value >= 0, 'a number that is no integer from 0 to 2^53-1')
  if (typeof value === 'boolean' || typeof value === 'string' || value instanceof Uint8Array) return
  const cid = CID.asCID(value)
  if (cid) {
    cbor(cid.multihash.size <= MAX_DIGEST, 'a digest that is too long')
    cbor(holds('codec-any-cid') || cid.version === 1, 'a link that fields do not take')
    return
  }
  cbor(typeof value === 'object' && value !== null, 'a value that the format does not have')
  cbor(depth > 0, 'nested too deeply')
  for (const inner of Object.values(value)) walk(inner, depth - 1)
}

export function cidOf(codec, bytes) {
  return CID.createV1(codec, createDigest(SHA2_256, sha256(bytes)))
}

export const cidOfDigest = (digest) => CID.createV1(DAG_CBOR, createDigest(SHA2_256, digest))

/** Refuses bytes that are not the block of this CID. */
export function isBlock(cid, bytes) {
  check(cid.equals(cidOf(cid.code, bytes)), 'another block', 'block')
}

// Rules of fields: functions that take a value and refuse it or return it.

export function map(value) {
  check(typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array) && !CID.asCID(value), 'must be a map')
  return value
}

/** The version of an object, before anything else of it. */
export function versioned(value, newest = 1) {
  map(value)
  within('v', () => int()(value.v))
  check(value.v <= newest, 'needs a newer Spinney', 'version')
  if (holds('version-0')) within('v', () => check(value.v > 0, 'no such version'))
  return value
}

/** A map whose keys keep their rules, in this order. Others are ignored. */
export function fields(value, table) {
  map(value)
  for (const [key, rule] of Object.entries(table)) within(key, () => rule(value[key]))
  return value
}

/** The same with a version. */
export const object = (value, table) => fields(versioned(value), table)

export const maybe = (rule) => (value) => (value === undefined ? undefined : rule(value))

export const int = (from = 0, to = Number.MAX_SAFE_INTEGER) => (value) => {
  check(Number.isSafeInteger(value) && from <= value && value <= to, 'must be an integer in range')
  return value
}

export const u32 = int(0, 2 ** 32 - 1)

export const bool = (value) => check(typeof value === 'boolean', 'must be true or false')

export const text = (limit = Infinity) => (value) => {
  check(typeof value === 'string', 'must be text')
  check([...value].length <= limit, `must have at most ${limit} characters`)
  check(value.normalize('NFC') === value && !/(?![\n\t])\p{Cc}/u.test(value), 'must be plain text in normal form C')
  if (!holds('text-may-be-empty')) check(value !== '', 'must say something')
  return value
}

export const bytes = (limit = Infinity) => (value) => {
  check(value instanceof Uint8Array && value.length <= limit, 'must be bytes within the limit')
  return value
}

export const exactly = (length) => (value) => {
  check(bytes()(value).length === length, `must be ${length} bytes`)
  return value
}

export const list = (rule, limit = Infinity) => (value) => {
  check(Array.isArray(value) && value.length <= limit, 'must be a list within the limit')
  value.forEach((item, i) => within(i, () => rule(item)))
  return value
}

export const link = (...codecs) => (value) => {
  const cid = CID.asCID(value)
  check(cid && cid.version === 1 && cid.multihash.code === SHA2_256 && cid.multihash.size === 32, 'must be a link by CIDv1 and SHA2-256')
  check(codecs.includes(cid.code), 'must link to another kind of block')
  return cid
}

export const block = link(DAG_CBOR)

/** Strictly rising byte strings. */
export function rising(values) {
  check(values.every((value, i) => i === 0 || Buffer.compare(values[i - 1], value) < 0), 'must be sorted, each once')
  return values
}

export const links = (limit, ...codecs) => (value) => {
  rising(list(link(...codecs), limit)(value).map((cid) => CID.asCID(cid).bytes))
  return value
}

export function powerOfTwo(n, from, to) {
  check(Number.isInteger(Math.log2(n)) && from <= n && n <= to, 'must be a power of two in range')
}

/** A byte string of sorted pieces of one length, a power of two of them. */
export const row = (length, from, to) => (value) => {
  const pieces = rising(split(value, length))
  powerOfTwo(pieces.length, from, to)
}

/** The pieces of a byte string. */
export function split(value, length) {
  check(bytes()(value).length % length === 0, 'must be whole pieces')
  return Array.from({ length: value.length / length }, (_, i) => value.subarray(i * length, (i + 1) * length))
}

export function path(value) {
  check(utf8(text()(value)).length <= 1024 && !/[\p{Cc}\\]/u.test(value), 'must be a path without control characters')
  for (const segment of value.split('/')) {
    check(!['', '.', '..'].includes(segment) && utf8(segment).length <= 255, 'must be a safe relative path')
  }
  return utf8(value)
}

/** Relays where to look for somebody whom others name. */
export function fewRelays(value) {
  relays(value)
  check(value.length <= 2, 'more than two relays')
}

/** Addresses of relays: any text, since what it says is checked before it is dialled. */
export function relays(value) {
  list(text(), 4)(value)
  for (const relay of value) {
    if (holds('relay-length')) check(utf8(relay).length <= 256, 'a relay address is too long')
    if (!holds('relay-any-text')) check(/^\/.*\/p2p\/[^/]+$/.test(relay), 'no address of a relay')
  }
}
