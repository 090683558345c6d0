// FORMAT.md, "Signed objects".
import { atMost, bytes, check, concat, decode, encode, equal, map, Refused, utf8, within } from './codec.mjs'
import { verify } from './crypto.mjs'
import { holds } from './rules.mjs'

/** The head of a CBOR string. */
function head(major, length) {
  if (length < 24) return [major | length]
  if (length < 2 ** 8) return [major | 24, length]
  if (length < 2 ** 16) return [major | 25, length >> 8, length & 255]
  return [major | 26, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]
}

const bstr = (value) => concat(Uint8Array.from(head(0x40, value.length)), value)
const tstr = (value) => concat(Uint8Array.from(head(0x60, utf8(value).length)), utf8(value))

function protectedHeader(type, pk) {
  const contentType = tstr(`application/vnd.spinney.${type}.v1+cbor`)
  return concat(Uint8Array.of(0xa3, 0x01, 0x32, 0x03), contentType, Uint8Array.of(0x04), bstr(pk))
}

/** The signer that an envelope claims. */
export function claimedSigner(envelope) {
  const signature = bytes()(map(decode(envelope)).signature)
  if (signature.length < 100) throw new Refused('signature', 'a signature is cut short')
  return signature.slice(-100, -68)
}

/** What `read` makes of the object in an envelope of this type, signed by `pk` or else by whom it claims. */
export function openSigned(type, pk, envelope, limit, read) {
  atMost(envelope, limit)
  const parts = map(decode(envelope, holds('depth-of-envelope') ? 16 : 17))
  within('object', () => check(parts.object !== undefined, 'is missing'))
  within('signature', () => bytes()(parts.signature))
  for (const key of Object.keys(parts)) within(key, () => check(key === 'object' || key === 'signature', 'must not be there'))
  const signer = pk ?? claimedSigner(envelope)
  const header = protectedHeader(type, signer)
  const signature = parts.signature.slice(-64)
  const cose = concat(Uint8Array.of(0x84), bstr(header), Uint8Array.of(0xa0, 0xf6), bstr(signature))
  check(equal(cose, parts.signature), 'another signature structure', 'signature')
  const signed = concat(Uint8Array.of(0x84), tstr('Signature1'), bstr(header), bstr(new Uint8Array()), bstr(encode(parts.object)))
  verify(signer, signed, signature)
  within('object', () => read(parts.object))
  return parts.object
}
