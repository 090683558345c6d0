/** Files that we cannot clean, and Photoshop's own, whose resources we can. */

import { cleanPhotoshop } from './iptc'
import { mentionsPlace } from './places'
import { cleanExif } from './tiff'
import { isTransportStream } from './transport-stream'
import { CannotClean, latin1, type Nested, type View } from './view'

/** Raw pictures of makers with a form of their own, TIFF of more than 4 GiB, JPEG XR: their place stays where it is. */
const UNREADABLE = ['FUJIFILM', 'FOVb', '\0MRM', 'IIRO', 'IIRS', 'MMOR', 'IIU\0', 'II\x1a\0\0\0HEAP', 'II+\0', 'MM\0+', 'II\xbc']
/** Windows Media, Flash, Ogg, RealMedia, MPEG programme streams: most tell no place. */
const STREAMS = ['0&\xb2u', 'FLV\x01', 'OggS', '.RMF', '\0\0\x01\xba']
/** A place is at the beginning, or in an index at the end. */
const LOOKED_AT = 1024 * 1024
/** Data that AVCHD cameras put beside the film: a count, then a tag and four bytes each. Tags about places have a range. */
const CAMERA_DATA = 'MDPM'
const PLACE_TAGS = { first: 0xb0, last: 0xca }

const beginsWith = (beginnings: readonly string[], bytes: Uint8Array): boolean => {
  const text = latin1(bytes.subarray(0, 32))
  return beginnings.some(beginning => text.startsWith(beginning))
}

export const isUnreadable = (bytes: Uint8Array): boolean => beginsWith(UNREADABLE, bytes)

export async function refuse(): Promise<number> {
  throw new CannotClean('its metadata cannot be read')
}

export const isStream = (bytes: Uint8Array): boolean => beginsWith(STREAMS, bytes) || isTransportStream(bytes)

/** Rejects if the stream seems to tell a place. */
export async function checkStream(view: View): Promise<number> {
  for (const at of [0, Math.max(0, view.size - LOOKED_AT)]) {
    const text = latin1(await view.read(at, LOOKED_AT))
    if (mentionsPlace(text) || /location/i.test(text) || cameraDataTellsPlace(text)) throw new CannotClean('its metadata cannot be removed')
  }
  return view.size
}

function cameraDataTellsPlace(text: string): boolean {
  for (let at = text.indexOf(CAMERA_DATA); at >= 0; at = text.indexOf(CAMERA_DATA, at + 1)) {
    const data = at + CAMERA_DATA.length
    const count = text.charCodeAt(data)
    for (let n = 0; n < count; n += 1) {
      const tag = text.charCodeAt(data + 1 + n * 5)
      if (tag >= PLACE_TAGS.first && tag <= PLACE_TAGS.last) return true
    }
  }
  return false
}

export const isPsd = (bytes: Uint8Array): boolean => latin1(bytes.subarray(0, 4)) === '8BPS'

/** After the header come the colours, then the resources, each with its length. */
export async function cleanPsd(view: View, nested: Nested): Promise<number> {
  const resources = 26 + 4 + (await view.u32(26))
  await cleanPhotoshop(view.part(resources + 4, await view.u32(resources)), tiff => cleanExif(tiff, nested))
  return view.size
}
