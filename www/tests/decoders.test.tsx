import { expect, test } from 'vitest'
import { coloursOf } from '../src/heif-colours'
import { heifPicture } from '../src/heif'
import { firstPage } from '../src/pdf'
import { makeAvatar, makePreview } from '../src/previews'

const files = import.meta.glob('./fixtures/*', { query: '?url', import: 'default', eager: true }) as Record<string, string>

async function fixture(name: string): Promise<File> {
  const answer = await fetch(files[`./fixtures/${name}`] ?? '')
  return new File([await answer.arrayBuffer()], name, { type: name.endsWith('.pdf') ? 'application/pdf' : 'image/heic' })
}

/** The colours in the middle of the four quarters of a picture, and its size. */
async function seen(picture: Blob | null) {
  if (!picture) throw new Error('there is no picture')
  const bitmap = await createImageBitmap(picture)
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(bitmap, 0, 0)
  const at = (x: number, y: number) => nameOf([...context.getImageData(x * width, y * height, 1, 1).data])
  return { width, height, quarters: [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)] }
}

/** PDF.js is large. In milliseconds. */
const PATIENCE = 60_000

const NAMED = {
  red: [220, 30, 30, 255],
  green: [30, 160, 60, 255],
  blue: [30, 60, 200, 255],
  yellow: [240, 210, 40, 255],
  clear: [0, 0, 0, 0],
}

function nameOf(colour: number[]): string {
  const found = Object.entries(NAMED).find(([, each]) => each.every((part, i) => Math.abs(part - (colour[i] ?? 0)) < 14))
  return found?.[0] ?? colour.join()
}

const upright = { width: 120, height: 80, quarters: ['red', 'green', 'blue', 'yellow'] }

test('HEIC is decoded: upright, transparent where it is, the first of two', async () => {
  await expect(createImageBitmap(await fixture('plain.heic'))).rejects.toThrow()
  for (const name of ['plain.heic', 'turned.heic', 'two.heic']) {
    expect(await seen(await heifPicture(await fixture(name))), name).toEqual(upright)
  }
  expect(await seen(await heifPicture(await fixture('alpha.heic')))).toEqual({ ...upright, quarters: ['red', 'green', 'blue', 'clear'] })
  expect(await seen(await heifPicture(await fixture('plain.heic'), 60))).toEqual({ ...upright, width: 60, height: 40 })
})

test('the colours of an iPhone are taken over', async () => {
  const file = await fixture('wide.heic')
  expect(coloursOf(new Uint8Array(await file.arrayBuffer()))).toBe('display-p3')
  const { quarters } = await seen(await heifPicture(file))
  // As a browser has it for color(display-p3 0.863 0.118 0.118).
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (!context) throw new Error('no canvas')
  context.fillStyle = `color(display-p3 ${220 / 255} ${30 / 255} ${30 / 255})`
  context.fillRect(0, 0, 1, 1)
  const wanted = [...context.getImageData(0, 0, 1, 1).data]
  const found = quarters[0]?.split(',').map(Number) ?? []
  for (const [i, part] of wanted.entries()) expect(Math.abs(part - (found[i] ?? -99)), `${found} is ${wanted}`).toBeLessThan(14)
})

test('HEIC has a preview, and is a picture of a person', async () => {
  expect(await seen(await makePreview(await fixture('turned.heic')))).toEqual(upright)
  expect(await seen(await makeAvatar(await fixture('turned.heic')))).toEqual({ ...upright, width: 80, height: 80 })
})

test('what is broken has none, and the next one has', async () => {
  const whole = new Uint8Array(await (await fixture('plain.heic')).arrayBuffer())
  const broken = (change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) =>
    new File([change(whole.slice())], 'a.heic', { type: 'image/heic' })
  for (const file of [
    broken(bytes => bytes.subarray(0, 300)),
    broken(bytes => bytes.fill(0xff, 40)),
    broken(bytes => bytes.subarray(0, 0)),
  ]) {
    expect(await heifPicture(file)).toBeNull()
  }
  // It says that it has 65,535 × 65,535 pixels.
  const text = new TextDecoder('latin1').decode(whole)
  const sizes = text.indexOf('ispe') + 8
  const huge = broken(bytes => bytes.fill(0xff, sizes + 2, sizes + 4).fill(0xff, sizes + 6, sizes + 8))
  expect(await heifPicture(huge)).toBeNull()
  expect(await seen(await heifPicture(await fixture('plain.heic')))).toEqual(upright)
})

test('many are decoded one after another, in the memory of one', async () => {
  const file = await fixture('plain.heic')
  for (const made of await Promise.all(Array.from({ length: 40 }, () => heifPicture(file)))) expect(made?.type).toBe('image/jpeg')
})

test('what is stopped ends, and the next one goes on', async () => {
  const abort = new AbortController()
  const file = await fixture('plain.heic')
  const stopped = heifPicture(file, undefined, abort.signal)
  const next = heifPicture(file)
  abort.abort()
  await expect(stopped).rejects.toThrow()
  expect(await seen(await next)).toEqual(upright)
})

test(
  'a PDF has its first page as its preview, with the pictures of a scan',
  async () => {
    const page = { width: 300, height: 400, quarters: ['red', 'green', 'blue', 'yellow'] }
    expect(await seen(await firstPage(await fixture('paper.pdf'), 400))).toEqual(page)
    expect(await seen(await firstPage(await fixture('scan.pdf'), 400))).toEqual(page)
    expect(await seen(await makePreview(await fixture('paper.pdf')))).toEqual({ ...page, width: 240, height: 320 })
    // The letters, in a font of the system: the file has none.
    const drawn = await createImageBitmap((await firstPage(await fixture('paper.pdf'), 400)) ?? new Blob())
    const context = new OffscreenCanvas(300, 400).getContext('2d')
    if (!context) throw new Error('no canvas')
    context.drawImage(drawn, 0, 0)
    const { data } = context.getImageData(20, 0, 130, 40)
    const dark = data.filter((_, i) => i % 4 === 0 && (data[i] ?? 255) < 40).length
    expect(dark).toBeGreaterThan(200)
  },
  PATIENCE,
)

test(
  'a PDF that is broken, locked or without a page has none, and the next one has',
  async () => {
    const whole = await (await fixture('paper.pdf')).text()
    const pdf = (text: string) => new File([text], 'a.pdf', { type: 'application/pdf' })
    const bad = [pdf('%PDF-1.7'), pdf(''), pdf(whole.slice(0, 400)), await fixture('locked.pdf')]
    for (const file of bad) expect(await firstPage(file, 320)).toBeNull()
    expect(await makePreview(await fixture('paper.pdf'))).not.toBeNull()
  },
  PATIENCE,
)
