// Searches files for secrets: what somebody with the disk, the relay or the wire would find.
//
// A text is searched in UTF-8, UTF-16, percent encoding, and base64 at each of its three alignments. Of bytes, every
// window of 24 is searched, as it is and in base64. For base64, the searched file is decoded instead, in each of the
// four ways in which a run can start.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const WINDOW = 24
/** Characters of base64 that hold one window. */
const ENCODED = (WINDOW / 3) * 4
/** Bits of the filter that avoids most of the full comparisons. */
const FILTER_BITS = 24

export class Search {
  #texts = []
  #windows = new Map()
  #filter = new Uint8Array(2 ** (FILTER_BITS - 3))

  /** Searches for a text, which must be too long to occur by chance. */
  text(name, text) {
    if (text.length < 8) throw new Error(`too short to be searched for: ${text}`)
    const utf8 = Buffer.from(text, 'utf8')
    this.#texts.push(
      { name: `${name} in UTF-8`, bytes: utf8 },
      { name: `${name} in UTF-16`, bytes: Buffer.from(text, 'utf16le') },
      ...[0, 1, 2].map(at => ({ name: `${name} in base64, alignment ${at}`, bytes: base64At(utf8, at) })),
    )
    const percent = encodeURIComponent(text)
    if (percent !== text) this.#texts.push({ name: `${name} in percent encoding`, bytes: Buffer.from(percent) })
    return this
  }

  /** Searches for every window of these bytes, except for those that occur in `common` as well. */
  bytes(name, bytes, common = Buffer.alloc(0)) {
    const shared = new Set()
    for (let at = 0; at + WINDOW <= common.length; at++) shared.add(common.latin1Slice(at, at + WINDOW))
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      const window = bytes.latin1Slice(at, at + WINDOW)
      if (shared.has(window) || isPlain(bytes, at)) continue
      this.#windows.set(window, `${name} at ${at}`)
      const bit = slot(bytes.readUInt32LE(at))
      this.#filter[bit >>> 3] |= 1 << (bit & 7)
    }
    return this
  }

  /** What is found in a buffer, each by name. */
  in(bytes) {
    const found = this.#texts.filter(text => bytes.includes(text.bytes)).map(text => text.name)
    const window = this.#window(bytes)
    if (window) found.push(window)
    for (const run of base64Runs(bytes)) {
      for (let at = 0; at < 4; at++) {
        const encoded = this.#window(Buffer.from(run.slice(at), 'base64'))
        if (encoded) return [...found, `${encoded} in base64`]
      }
    }
    return found
  }

  /** What is found in a file, or below a folder, in contents and names: `{file, found}` for each file with a hit. */
  async below(place) {
    const hits = []
    for (const file of await filesBelow(place)) {
      // Sockets, and files that a running browser deletes, contain nothing to find.
      const bytes = await readFile(file).catch(() => Buffer.alloc(0))
      const found = [...this.in(bytes), ...this.in(Buffer.from(path.basename(file)))]
      if (found.length) hits.push({ file, found })
    }
    return hits
  }

  #window(bytes) {
    if (this.#windows.size === 0 || bytes.length < WINDOW) return undefined
    let four = bytes.readUInt32LE(0)
    const last = bytes.length - WINDOW
    for (let at = 0; ; at++) {
      const bit = slot(four)
      if (this.#filter[bit >>> 3] & (1 << (bit & 7))) {
        const name = this.#windows.get(bytes.latin1Slice(at, at + WINDOW))
        if (name) return name
      }
      if (at === last) return undefined
      four = ((four >>> 8) | (bytes[at + 4] << 24)) >>> 0
    }
  }
}

/** The position in the filter of a window with these first four bytes. */
const slot = four => Math.imul(four, 0x9e3779b1) >>> (32 - FILTER_BITS)

/** Whether all bytes of a window are equal, as in padding. */
function isPlain(bytes, at) {
  for (let i = 1; i < WINDOW; i++) if (bytes[at + i] !== bytes[at]) return false
  return true
}

/** The base64 characters that do not depend on what surrounds `bytes` at this alignment. */
function base64At(bytes, at) {
  const text = Buffer.concat([Buffer.alloc(at), bytes]).toString('base64')
  const first = Math.ceil((at * 8) / 6)
  const whole = Math.floor(((at + bytes.length) * 8) / 6)
  return Buffer.from(text.slice(first, whole))
}

/** Runs of base64, of either alphabet, long enough to hold a window. */
function* base64Runs(bytes) {
  const isBase64 = byte =>
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) ||
    byte === 43 || byte === 47 || byte === 45 || byte === 95
  let start = 0
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && isBase64(bytes[at])) continue
    if (at - start >= ENCODED) yield bytes.latin1Slice(start, at)
    start = at + 1
  }
}

async function filesBelow(place) {
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(error => {
    if (error.code === 'ENOTDIR') return null
    throw error
  })
  if (!entries) return [place]
  return entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath ?? entry.path, entry.name))
}
