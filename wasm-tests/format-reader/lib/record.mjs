// FORMAT.md, "Record".
import { base32, CID } from './packages.mjs'
import { atMost, bytes, check, concat, DAG_CBOR, decode, equal, fields as keep, fromHex, int, link, RAW, Refused, utf8, within } from './codec.mjs'
import { verify } from './crypto.mjs'
import { holds } from './rules.mjs'

const VARINT = 0
const BYTES = 2
/** The wire type of each field of a record. */
const WIRE_TYPES = { 1: BYTES, 2: BYTES, 3: VARINT, 4: BYTES, 5: VARINT, 6: VARINT, 7: BYTES, 8: BYTES, 9: BYTES }

/** The fields of a record: numbers and byte strings. Of a field that is there twice the last counts. */
function protobuf(message) {
  const fields = new Map()
  const keeps = (holds, why) => within('record', () => check(holds, why))
  let at = 0
  const take = (length) => {
    keeps(at + length <= message.length, 'a message is cut short')
    at += length
    return message.subarray(at - length, at)
  }
  const varint = () => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const [byte] = take(1)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
    return keeps(false, 'a varint without end')
  }
  const value = (type) => {
    if (type === VARINT) return varint()
    if (type === BYTES) return take(Number(varint()))
    keeps(type === 1 || type === 5, 'no wire type')
    return take(type === 1 ? 8 : 4)
  }
  while (at < message.length) {
    const key = Number(varint())
    const [number, type] = [Math.floor(key / 8), key % 8]
    keeps(number > 0, 'no field')
    const known = WIRE_TYPES[number]
    if (known === undefined) {
      keeps(holds('record-unknown-fields'), 'an unknown field')
      value(type)
      continue
    }
    keeps(type === known, 'another wire type')
    const found = value(type)
    if (holds('record-last-field-counts') || !fields.has(number)) fields.set(number, found)
  }
  return fields
}

/** Milliseconds since 1970 of an RFC 3339 time in UTC, with up to nine digits after the second. */
function time(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/.exec(text)
  check(parts, 'no time')
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number)
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59)))
  check(year >= 1970 && hour < 24 && minute < 60 && second <= 60 && date.getUTCDate() === day && date.getUTCMonth() === month - 1, 'no time')
  return date.getTime() + Math.floor(Number((parts[7] ?? '').padEnd(9, '0')) / 1e6)
}

const COPIES = [['value', 1, 'Value'], ['validity', 4, 'Validity'], ['validityType', 3, 'ValidityType'], ['sequence', 5, 'Sequence'], ['ttl', 6, 'TTL']]

/** The record of `pk`, at `now` in milliseconds since 1970 if that is given. */
export function record(pk, message, now = Number.MAX_SAFE_INTEGER) {
  atMost(message, 10 * 1024)
  const fields = protobuf(message)
  for (const [name, number] of [['signatureV2', 8], ['data', 9]]) within(name, () => check(fields.has(number), 'is missing'))
  const [signature, signed] = [fields.get(8), fields.get(9)]
  check(signature.length === 64, 'no signature', 'signature')
  verify(pk, concat(utf8('ipns-signature:'), signed), signature)
  if (holds('record-pubkey') && fields.has(7)) {
    within('pubKey', () => check(equal(fields.get(7), concat(fromHex('08011220'), pk)), 'another key'))
  }
  const data = decode(signed)
  within('data', () => keep(data, { Value: bytes(), Validity: bytes(), ValidityType: int(), Sequence: int(), TTL: int() }))
  for (const [name, number, key] of COPIES) {
    const copy = fields.get(number)
    const same = copy === undefined || (typeof copy === 'bigint' ? copy === BigInt(data[key]) : equal(copy, data[key]))
    within(name, () => check(same, 'an unsigned copy contradicts'))
  }
  const found = within('data', () => {
    within('ValidityType', () => check(data.ValidityType === 0, 'another validity type'))
    const root = within('Value', () => rootOf(new TextDecoder().decode(data.Value)))
    const until = within('Validity', () => (holds('record-validity') ? time(new TextDecoder().decode(data.Validity)) : undefined))
    return { root, sequence: data.Sequence, until, ttl: data.TTL }
  })
  check(found.sequence <= Math.floor(now / 1000) + 30 * 24 * 60 * 60, 'too far ahead of the clock', 'ahead')
  return found
}

/** Whether a record takes the place of another of the same name. */
export function takesThePlaceOf(a, b) {
  return a.sequence > b.sequence || (a.sequence === b.sequence && a.root.equals(b.root) && a.until > b.until)
}

function rootOf(value) {
  check(value.startsWith('/ipfs/'), 'another value')
  const text = value.slice('/ipfs/'.length)
  let cid
  try {
    cid = CID.parse(text)
  } catch (error) {
    throw new Refused('field', error.message)
  }
  link(RAW, DAG_CBOR)(cid)
  if (holds('record-value-spelling')) check(text === cid.toString(base32), 'another spelling of the value')
  return cid
}
