/** Takes the place out of IPTC records (IIM 4.2), which stand alone in TIFF and in Photoshop's resources in JPEG. */

import { joined, latin1, type View } from './view'
import { cleanXmp } from './xmp'

/** Data sets of record 2: location code and name, city, sublocation, province, country code, country. */
const PLACES = new Set([26, 27, 90, 92, 95, 100, 101])
const MARKER = 0x1c
const APPLICATION_RECORD = 2

/** What stays moves together, and zeros follow. Records that cannot be read are emptied. */
export async function cleanIptc(view: View): Promise<void> {
  const bytes = await view.all()
  const kept: Uint8Array[] = []
  let at = 0
  while (at + 5 <= bytes.length && bytes[at] === MARKER) {
    const size = dataSize(bytes, at + 3)
    const end = size ? size.at + size.length : bytes.length + 1
    if (end > bytes.length) break
    const tells = bytes[at + 1] === APPLICATION_RECORD && PLACES.has(bytes[at + 2] ?? 0)
    if (!tells) kept.push(bytes.subarray(at, end))
    at = end
  }
  const left = joined(kept)
  if (left.length === at && bytes.subarray(at).every(byte => byte === 0)) return
  view.fill(0, bytes.length)
  view.write(0, left)
}

/** Where the data of a data set begins, and its length; long ones have the length of their length first. */
function dataSize(bytes: Uint8Array, at: number): { at: number; length: number } | undefined {
  const short = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  if (short < 0x8000) return { at: at + 2, length: short }
  const digits = short & 0x7fff
  if (digits > 4) return undefined
  const length = bytes.subarray(at + 2, at + 2 + digits).reduce((sum, byte) => sum * 256 + byte, 0)
  return { at: at + 2 + digits, length }
}

const IPTC = 0x0404
const EXIF = [0x0422, 0x0423]
const XMP = 0x0424
const SIGNATURES = new Set(['8BIM', 'MeSa', 'AgHg', 'PHUT', 'DCSR'])

/** Cleans Photoshop's image resources. What follows the last one that can be read is emptied. */
export async function cleanPhotoshop(view: View, cleanTiff: (tiff: View) => Promise<void>): Promise<void> {
  let at = 0
  while (at < view.size) {
    const head = await view.read(at, 7)
    if (head.length < 7 || !SIGNATURES.has(latin1(head.subarray(0, 4)))) break
    const id = ((head[4] ?? 0) << 8) | (head[5] ?? 0)
    const name = 1 + (head[6] ?? 0)
    const data = at + 6 + name + (name % 2) + 4
    const size = await view.u32(data - 4)
    if (data + size > view.size) break
    const resource = view.part(data, size)
    if (id === IPTC) await cleanIptc(resource)
    else if (id === XMP) await cleanXmp(resource)
    else if (EXIF.includes(id)) await cleanTiff(resource)
    at = data + size + (size % 2)
  }
  const rest = await view.read(at, view.size)
  if (rest.some(byte => byte !== 0)) view.fill(at, view.size - at)
}
