/** A text as a QR code, drawn as one path. */

import { encode } from 'uqr'

/** White around the code, in modules: scanners need four (ISO/IEC 18004 §9.1). */
const QUIET_ZONE = 4

export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { ecc: 'L', border: 0 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${size + 2 * QUIET_ZONE} ${size + 2 * QUIET_ZONE}`} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  )
}
