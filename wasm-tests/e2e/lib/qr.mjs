// QR codes as a camera or a scanner sees them, drawn without a browser.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { folder } from './place.mjs'
import { encodeQR } from './packages.mjs'

const [WIDTH, HEIGHT] = [640, 480]
const [DARK, LIGHT] = [40, 220]

/** The pixels of a picture of this code on a grey ground, one byte each. */
function luma(text) {
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 4 })
  const size = rows.length
  const scale = Math.floor(HEIGHT / size)
  const [left, top] = [WIDTH, HEIGHT].map(side => Math.floor((side - size * scale) / 2))
  const pixels = Buffer.alloc(WIDTH * HEIGHT, 120)
  for (let y = 0; y < size * scale; y++) {
    for (let x = 0; x < size * scale; x++) {
      const dark = rows[Math.floor(y / scale)][Math.floor(x / scale)]
      pixels[(top + y) * WIDTH + left + x] = dark ? DARK : LIGHT
    }
  }
  return pixels
}

/**
 * A film (YUV4MPEG2) in which the camera sees these texts in turn, again and again. An empty text is no code.
 *
 * Returns the flags for a browser that has this camera, and whose person allows its use.
 */
export async function camera(...texts) {
  const grey = Buffer.alloc(WIDTH * HEIGHT / 2, 128)
  const blank = Buffer.alloc(WIDTH * HEIGHT, 120)
  const frames = texts.flatMap(text => [Buffer.from('FRAME\n'), text ? luma(text) : blank, grey])
  const file = path.join(await folder('camera'), 'camera.y4m')
  await writeFile(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F5:1 Ip A1:1 C420jpeg\n`), ...frames]))
  return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${file}`]
}

/** A picture (BMP) of a code, as a person sends it. */
export function picture(text) {
  const head = Buffer.alloc(54 + 1024)
  head.write('BM', 0, 'latin1')
  head.writeUInt32LE(head.length + WIDTH * HEIGHT, 2)
  head.writeUInt32LE(head.length, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(WIDTH, 18)
  head.writeInt32LE(-HEIGHT, 22) // from the top down
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(8, 28) // by a palette of greys
  for (let grey = 0; grey < 256; grey++) head.fill(grey, 54 + grey * 4, 54 + grey * 4 + 3)
  return Buffer.concat([head, luma(text)])
}
