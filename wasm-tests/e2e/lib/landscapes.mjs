// Pictures as people take them, for pictures of the page: hills under a low sun, another view for each number.
import { file } from './files.mjs'

const WIDTH = 1200
const HEIGHT = 900

/** A view as a chosen file. The page draws it. */
export async function landscape(page, number, name) {
  const encoded = await page.evaluate(async ([number, width, height]) => {
    const canvas = new OffscreenCanvas(width, height)
    const draw = canvas.getContext('2d')
    const hue = (number * 67) % 360
    const sky = draw.createLinearGradient(0, 0, 0, height * 0.7)
    sky.addColorStop(0, `hsl(${hue} 45% 62%)`)
    sky.addColorStop(1, `hsl(${(hue + 40) % 360} 75% 84%)`)
    draw.fillStyle = sky
    draw.fillRect(0, 0, width, height)
    draw.fillStyle = 'hsl(48 90% 92%)'
    draw.beginPath()
    draw.arc(width * (0.2 + ((number * 0.37) % 0.6)), height * 0.3, 60, 0, 2 * Math.PI)
    draw.fill()
    for (let hill = 0; hill < 4; hill++) {
      draw.fillStyle = `hsl(${(hue + 190 + hill * 8) % 360} ${24 + hill * 5}% ${56 - hill * 12}%)`
      draw.beginPath()
      draw.moveTo(0, height)
      for (let x = 0; x <= width; x += 6) {
        const wave = Math.sin(x / (190 - hill * 25) + number * 2 + hill) * 45 + Math.sin(x / 67 + number + hill * 3) * 16
        draw.lineTo(x, height * (0.5 + hill * 0.12) + wave)
      }
      draw.lineTo(width, height)
      draw.fill()
    }
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 })).arrayBuffer())
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(text)
  }, [number, WIDTH, HEIGHT])
  return file(name, Buffer.from(encoded, 'base64'), 'image/jpeg')
}
