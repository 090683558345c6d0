/** Takes the place out of a GIF: the XMP extension (XMP part 3 §1.1.2) and comments. */

import { mentionsPlace } from './places'
import { CannotClean, latin1, type View } from './view'
import { cleanXmp } from './xmp'

const EXTENSION = 0x21
const IMAGE = 0x2c
const TRAILER = 0x3b
const COMMENT = 0xfe
const APPLICATION = 0xff
const XMP = 'XMP DataXMP'
/** After an XMP packet come 258 bytes that bring any reader of blocks to the end of the extension. */
const XMP_END = 258
const SPACE = 0x20

export const isGif = (bytes: Uint8Array): boolean => /^GIF8[79]a/.test(latin1(bytes.subarray(0, 6)))

/** Returns where the picture ends. */
export async function cleanGif(view: View): Promise<number> {
  const [flags = 0] = await view.read(10, 1)
  let at = 13 + tableBytes(flags)
  while (at < view.size) {
    const [kind, label = 0] = await view.read(at, 2)
    if (kind === TRAILER) return at + 1
    if (kind === IMAGE) {
      const [local = 0] = await view.read(at + 9, 1)
      at = await blocksEnd(view, at + 10 + tableBytes(local) + 1)
    } else if (kind === EXTENSION) {
      const end = await blocksEnd(view, at + 2)
      await cleanExtension(view, label, at + 2, end)
      at = end
    } else if (kind === 0) at += 1
    else throw new CannotClean('this GIF has an unknown block')
  }
  return view.size
}

const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)

async function blocksEnd(view: View, from: number): Promise<number> {
  let at = from
  while (at < view.size) {
    const [length = 0] = await view.read(at, 1)
    at += 1 + length
    if (length === 0) break
  }
  return at
}

async function cleanExtension(view: View, label: number, at: number, end: number): Promise<void> {
  if (label === APPLICATION && latin1(await view.read(at + 1, XMP.length)) === XMP) {
    const packet = at + 1 + XMP.length
    await cleanXmp(view.part(packet, Math.max(0, end - packet - XMP_END)))
  } else if (label === COMMENT) {
    // Each block has its length first.
    for (let block = at; block < end; ) {
      const [length = 0] = await view.read(block, 1)
      if (mentionsPlace(latin1(await view.read(block + 1, length)))) view.fill(block + 1, length, SPACE)
      block += 1 + length
    }
  }
}
