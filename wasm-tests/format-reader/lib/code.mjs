// FORMAT.md, "Codes": the short texts that people copy.
import { check, equal, text, utf8, within } from './codec.mjs'
import { digest, verifyingKey } from './crypto.mjs'
import { holds } from './rules.mjs'

/** 2026-01-01 in seconds since 1970. */
const EPOCH = 1_767_225_600
export const MINUTE = 60
export const HOUR = 3600

/** What stands after a route in a URL. */
const behind = (typed, route) => typed.trim().split(route).slice(-1)[0]

/** The fields of an object in a row, which are taken one after the other. */
class Fields {
  constructor(bytes, flags) {
    const head = bytes[0] ?? 0
    within('v', () => check(head >> 6 > 0, 'no such version'))
    check(head >> 6 === 1, 'needs a newer Spinney', 'version')
    this.flags = head & 7
    this.count = (head >> 3) & 7
    this.rest = bytes.subarray(1)
    if (holds('code-flags')) within('v', () => check(this.flags < 1 << flags, 'has what version 1 does not know'))
  }

  has(flag) {
    return (this.flags & (1 << flag)) !== 0
  }

  take(length) {
    check(this.rest.length >= length, 'is cut')
    const taken = this.rest.subarray(0, length)
    this.rest = this.rest.subarray(length)
    return taken
  }

  /** Seven bits a byte, the lowest first. */
  number() {
    let value = 0
    for (let group = 0; ; group++) {
      check(group < 8, 'a number of more than 56 bits')
      const [byte] = this.take(1)
      value += (byte & 127) * 2 ** (7 * group)
      if (byte < 128) {
        if (holds('code-int-minimal')) check(byte !== 0 || group === 0, 'longer than it needs to be')
        check(Number.isSafeInteger(value), 'a number of more than 53 bits')
        return value
      }
    }
  }

  field(name, rule) {
    return within(name, () => rule(this))
  }

  int = (name) => this.field(name, () => this.number())
  key = (name) => this.field(name, () => verifyingKey(this.take(32)))
  secret = (name) => this.field(name, () => this.take(16))

  time(name, unit) {
    return this.field(name, () => {
      const time = (this.number() * unit + EPOCH) * 1000
      check(Number.isSafeInteger(time), 'a time that is too late')
      return time
    })
  }

  /** 0 says nothing. */
  seq(unit) {
    return this.field('seq', () => {
      const number = this.number()
      const seq = number === 0 ? 0 : number * unit + EPOCH
      check(Number.isSafeInteger(seq), 'a sequence that is too high')
      return seq
    })
  }

  relays(most) {
    return this.field('relays', () => {
      check(this.count <= most, `more than ${most} relays`)
      return Array.from({ length: this.count }, (_, i) => within(i, () => relay(this)))
    })
  }

  text(name, limit) {
    return this.field(name, () => text(limit)(readUtf8(this.rest)))
  }

  end() {
    if (holds('code-end')) within('rest', () => check(this.rest.length === 0, 'bytes behind the last field'))
  }
}

function readUtf8(bytes) {
  const read = Buffer.from(bytes).toString()
  check(equal(utf8(read), bytes), 'not UTF-8')
  return read
}

const NAME = /^[A-Za-z0-9.-]{1,253}$/
const SHORT = /^\/(?:(?:dns|dns4|dns6)\/([A-Za-z0-9.-]{1,253})|ip4\/(\d+\.\d+\.\d+\.\d+))\/tcp\/(\d+)\/(?:ws|wss|tls\/ws)(?:\/p2p\/[^/]*)?$/

/** Whether an address has a form without its peer id. */
function isShort(address) {
  const [, , ip, port] = SHORT.exec(address) ?? []
  const plain = (n, most) => String(Number(n)) === n && Number(n) <= most
  return port !== undefined && plain(port, 65535) && (ip === undefined || ip.split('.').every((part) => plain(part, 255)))
}

function name(fields, length) {
  const name = Buffer.from(fields.take(length)).toString('latin1')
  check(NAME.test(name), 'no name of a host')
  return `/dns/${name}`
}

function portAndScheme(fields) {
  const [high, low, secure] = fields.take(3)
  check(secure < 2, 'neither ws nor wss')
  return `/tcp/${high * 256 + low}/${secure === 1 ? 'wss' : 'ws'}`
}

function relay(fields) {
  const [first] = fields.take(1)
  const usual = '/tcp/443/wss'
  let address
  if (first === 0) {
    const length = fields.number()
    check(length <= 256, 'a relay of more than 256 bytes')
    address = text()(readUtf8(fields.take(length)))
    if (holds('code-relay-one-form')) check(!isShort(address), 'a relay that has a shorter form')
  } else if (first === 255) {
    address = `/ip4/${[...fields.take(4)].join('.')}${portAndScheme(fields)}`
  } else if (first === 254) {
    const host = name(fields, fields.take(1)[0])
    const end = portAndScheme(fields)
    if (holds('code-relay-one-form')) check(end !== usual, 'a port that is not said')
    address = host + end
  } else {
    address = name(fields, first) + usual
  }
  check(utf8(address).length <= 256, 'a relay of more than 256 bytes')
  return address
}

/** The bytes in a compact text. */
function bytesOf(code, label, limit) {
  const keeps = (holds, why) => check(holds, why, 'text')
  const read = new Uint8Array(Buffer.from(code, 'base64url'))
  if (holds('text-one-spelling')) keeps(Buffer.from(read).toString('base64url') === code, 'not base64url')
  keeps(read.length >= 3 && read.length <= 3 + limit, 'too long or too short')
  const object = read.subarray(0, -3)
  keeps(equal(read.subarray(-3), digest(label, object).subarray(0, 3)), 'mistyped')
  return object
}

/** What `take` makes of the fields of a code, and the bytes that have them. */
function open(code, label, limit, flags, take) {
  const bytes = bytesOf(code, label, limit)
  const object = take(new Fields(bytes, flags))
  return { object, bytes }
}

export const invite = (typed) => open(behind(typed, '#/add/'), 'invite-text', 2048, 1, (fields) => {
  const invite = { pk: fields.key('pk') }
  if (fields.has(0)) Object.assign(invite, { secret: fields.secret('secret'), until: fields.time('until', HOUR) })
  Object.assign(invite, { seq: fields.seq(HOUR), relays: fields.relays(4) })
  const name = fields.text('name', 64)
  return name === '' ? invite : { ...invite, name }
})

export const link = (typed) => open(behind(typed, '#/link/'), 'link-text', 2048, 1, (fields) => {
  const link = { pk: fields.key('pk'), s: fields.secret('s') }
  if (fields.has(0)) link.until = fields.time('until', MINUTE)
  Object.assign(link, { seq: fields.seq(1), relays: fields.relays(4) })
  fields.end()
  return link
})

export const dropLink = (typed) => open(behind(typed, '#/drop/'), 'drop-text', 2048, 0, (fields) => {
  const link = { pk: fields.key('pk'), s: fields.secret('s'), until: fields.time('until', MINUTE), bytes: fields.int('bytes') }
  link.relays = fields.relays(2)
  fields.end()
  return link
})

const PREFIX = 'spinney-device:'

export function device(typed) {
  const whole = typed.trim()
  check(whole.startsWith(PREFIX), 'does not begin as a code does', 'text')
  return open(whole.slice(PREFIX.length), 'device-link/text', 1024, 0, (fields) => {
    const code = { device: fields.key('device'), secret: fields.secret('secret'), until: fields.time('until', MINUTE) }
    code.relays = fields.relays(2)
    fields.end()
    return code
  })
}
