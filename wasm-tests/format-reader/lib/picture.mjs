// FORMAT.md, "Pictures": the size that the head of a picture names.
import { bytes, check, hex } from './codec.mjs'

/** Reads numbers and byte strings one after the other. */
class Parts {
  constructor(value, at) {
    this.value = value
    this.at = at
  }

  take(length) {
    check(this.at + length <= this.value.length, 'the head of a picture is cut short')
    this.at += length
    return this.value.subarray(this.at - length, this.at)
  }

  be = (length) => this.take(length).reduce((sum, byte) => sum * 256 + byte, 0)
  le = (length) => this.take(length).reduceRight((sum, byte) => sum * 256 + byte, 0)
  name = () => String.fromCharCode(...this.take(4))
}

function png(parts) {
  let size
  for (;;) {
    const length = parts.be(4)
    const name = parts.name()
    check((name === 'IHDR') === !size, 'one IHDR comes first')
    check(name !== 'acTL', 'must not move')
    if (name === 'IDAT') return size
    if (name === 'IHDR') {
      check(length === 13, 'IHDR has 13 bytes')
      size = [parts.be(4), parts.be(4)]
      parts.take(5)
    } else {
      parts.take(length)
    }
    parts.take(4)
  }
}

const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const isRefused = (marker) => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd9) || marker === 0xde

function jpeg(parts) {
  let size
  for (;;) {
    check(parts.be(1) === 0xff, 'a segment begins with a marker')
    let marker = 0xff
    while (marker === 0xff) marker = parts.be(1)
    check(!isRefused(marker), 'a marker that stands in no head')
    const length = parts.be(2)
    check(length >= 2, 'a segment has a length')
    const segment = new Parts(parts.take(length - 2), 0)
    check(marker !== 0xe2 || !hex(segment.value).startsWith('4d504600'), 'must hold one picture')
    if (isFrame(marker)) {
      check(!size, 'one SOF')
      segment.take(1)
      size = [segment.be(2), segment.be(2)]
    }
    if (marker === 0xda) {
      check(size, 'a SOF comes before the first scan')
      return size
    }
  }
}

function lossy(parts) {
  check((parts.take(3)[0] & 1) === 0 && hex(parts.take(3)) === '9d012a', 'a key frame')
  return [parts.le(2) & 0x3fff, parts.le(2) & 0x3fff]
}

function lossless(parts) {
  check(parts.be(1) === 0x2f, 'a head of VP8L')
  const bits = parts.le(4)
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1]
}

function webp(parts) {
  let canvas
  for (;;) {
    const name = parts.name()
    const length = parts.le(4)
    if (name === 'VP8 ' || name === 'VP8L') {
      const size = name === 'VP8 ' ? lossy(parts) : lossless(parts)
      check(!canvas || canvas.join() === size.join(), 'the pixels fill the canvas')
      return size
    }
    check((name === 'VP8X') === !canvas, 'one VP8X comes first')
    check(name !== 'ANIM' && name !== 'ANMF', 'must not move')
    const chunk = new Parts(parts.take(length), 0)
    if (name === 'VP8X') {
      check((chunk.take(4)[0] & 2) === 0, 'must not move')
      canvas = [chunk.le(3) + 1, chunk.le(3) + 1]
    }
    parts.take(length % 2)
  }
}

const KINDS = [
  [/^ffd8ff/, 2, jpeg],
  [/^89504e470d0a1a0a/, 8, png],
  [/^52494646.{8}57454250/, 12, webp],
]

/** A picture of at most `limit` bytes and `side` pixels in either direction. */
export const picture = (limit, side) => (value) => {
  const start = hex(bytes(limit)(value).subarray(0, 12))
  const kind = KINDS.find(([begins]) => begins.test(start))
  check(kind, 'must be a JPEG, PNG or WebP picture')
  const [, at, size] = kind
  const [width, height] = size(new Parts(value, at))
  check(width > 0 && height > 0, 'must have pixels')
  check(width <= side && height <= side, `must be at most ${side} pixels wide and high`)
}
