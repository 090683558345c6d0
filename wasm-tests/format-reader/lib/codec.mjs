// FORMAT.md, "Encoding": strict DAG-CBOR, names of blocks, and the rules of fields.
import { CID, createDigest, dagCbor, sha256 } from './packages.mjs'

export const RAW = 0x55
export const DAG_PB = 0x70
export const DAG_CBOR = 0x71
const SHA2_256 = 0x12
const MAX_DEPTH = 16

/** Bytes or an object that a reader must refuse. */
export class Refused extends Error {}

export function check(holds, why) {
  if (!holds) throw new Refused(why)
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex')
export const fromHex = (text) => new Uint8Array(Buffer.from(text, 'hex'))
export const utf8 = (text) => new TextEncoder().encode(text)
export const concat = (...parts) => new Uint8Array(Buffer.concat(parts))
export const equal = (a, b) => Buffer.compare(a, b) === 0
export const u32be = (n) => new Uint8Array([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])

export const encode = (value) => dagCbor.encode(value)

/** Strict DAG-CBOR. */
export function decode(bytes) {
  let value
  try {
    value = dagCbor.decode(bytes)
  } catch (error) {
    throw new Refused(`not DAG-CBOR: ${error.message}`)
  }
  walk(value, MAX_DEPTH)
  check(equal(encode(value), bytes), 'not the canonical encoding')
  return value
}

function walk(value, depth) {
  if (typeof value === 'number') return check(Number.isSafeInteger(value) && value >= 0, 'a number that is no integer from 0 to 2^53-1')
  if (typeof value === 'boolean' || typeof value === 'string' || value instanceof Uint8Array || CID.asCID(value)) return
  check(typeof value === 'object' && value !== null, 'a value that the format does not have')
  check(depth > 0, 'nested too deeply')
  for (const inner of Object.values(value)) walk(inner, depth - 1)
}

export function cidOf(codec, bytes) {
  return CID.createV1(codec, createDigest(SHA2_256, sha256(bytes)))
}

export const cidOfDigest = (digest) => CID.createV1(DAG_CBOR, createDigest(SHA2_256, digest))

// Rules of fields. Each returns the value, so that it can be used in place.

export function map(value) {
  check(typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array) && !CID.asCID(value), 'must be a map')
  return value
}

export function versioned(value, newest = 1) {
  check(int(map(value).v) >= 1 && value.v <= newest, value.v > newest ? 'needs a newer Spinney' : 'no such version')
  return value
}

export function int(value, from = 0, to = Number.MAX_SAFE_INTEGER) {
  check(Number.isSafeInteger(value) && from <= value && value <= to, 'must be an integer in range')
  return value
}

export const u32 = (value) => int(value, 0, 2 ** 32 - 1)

export function text(value, limit = Infinity) {
  check(typeof value === 'string', 'must be text')
  check(value.normalize('NFC') === value && !/(?![\n\t])\p{Cc}/u.test(value), 'must be plain text in normal form C')
  check([...value].length <= limit, `must have at most ${limit} characters`)
  return value
}

export function bytes(value, limit = Infinity) {
  check(value instanceof Uint8Array && value.length <= limit, 'must be bytes within the limit')
  return value
}

export function exactly(value, length) {
  check(bytes(value).length === length, `must be ${length} bytes`)
  return value
}

export function list(value, limit = Infinity) {
  check(Array.isArray(value) && value.length <= limit, 'must be a list within the limit')
  return value
}

export function link(value, ...codecs) {
  const cid = CID.asCID(value)
  const allowed = codecs.length > 0 ? codecs : [RAW, DAG_CBOR]
  check(cid && cid.version === 1 && cid.multihash.code === SHA2_256 && cid.multihash.size === 32, 'must be a link by CIDv1 and SHA2-256')
  check(allowed.includes(cid.code), 'must link to another kind of block')
  return cid
}

/** Strictly rising byte strings. */
export function rising(values) {
  check(values.every((value, i) => i === 0 || Buffer.compare(values[i - 1], value) < 0), 'must be sorted, each once')
  return values
}

export function links(value, limit) {
  rising(list(value, limit).map((cid) => link(cid).bytes))
  return value
}

export function powerOfTwo(n, from, to) {
  check(Number.isInteger(Math.log2(n)) && from <= n && n <= to, 'must be a power of two in range')
}

/** Splits a byte string into pieces of one length. */
export function pieces(value, length) {
  check(value.length % length === 0, 'must be whole pieces')
  return Array.from({ length: value.length / length }, (_, i) => value.subarray(i * length, (i + 1) * length))
}

export function path(value) {
  check(utf8(text(value)).length <= 1024 && !/[\p{Cc}\\]/u.test(value), 'must be a path without control characters')
  for (const segment of value.split('/')) {
    check(!['', '.', '..'].includes(segment) && utf8(segment).length <= 255, 'must be a safe relative path')
  }
  return utf8(value)
}
