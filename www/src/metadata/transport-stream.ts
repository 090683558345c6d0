/** MPEG transport streams (ISO/IEC 13818-1), as broadcasts and camcorders have them. */

import { latin1 } from './view'

/** Bytes of a packet of a transport stream; Blu-ray and AVCHD put a time of four bytes before each. */
const PACKETS = [
  { first: 0, length: 188 },
  { first: 4, length: 192 },
]
const SYNC = 'G'

/** Whether the bytes are of a transport stream: each packet begins with the same letter. */
export const isTransportStream = (bytes: Uint8Array): boolean =>
  PACKETS.some(({ first, length }) => [0, 1, 2].every(n => latin1(bytes.subarray(first + n * length, first + n * length + 1)) === SYNC))
