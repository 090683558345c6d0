// FORMAT.md, "Signed objects".
import { bytes, check, concat, decode, encode, equal, map, utf8 } from './codec.mjs'
import { verify } from './crypto.mjs'

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
  const signature = bytes(map(decode(envelope)).signature)
  check(signature.length > 100, 'a signature is cut short')
  return signature.slice(-100, -68)
}

/** The object in an envelope of this type, signed by `pk`. */
export function openSigned(type, pk, envelope, limit) {
  check(envelope.length <= limit, 'too large')
  const parts = map(decode(envelope))
  check(Object.keys(parts).sort().join() === 'object,signature', 'an envelope has two keys')
  const header = protectedHeader(type, pk)
  const signature = bytes(parts.signature).slice(-64)
  const cose = concat(Uint8Array.of(0x84), bstr(header), Uint8Array.of(0xa0, 0xf6), bstr(signature))
  check(equal(cose, parts.signature), 'another signature structure')
  const payload = encode(parts.object)
  const signed = concat(Uint8Array.of(0x84), tstr('Signature1'), bstr(header), bstr(new Uint8Array()), bstr(payload))
  verify(pk, signed, signature)
  return parts.object
}
