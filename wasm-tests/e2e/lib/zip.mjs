// Reads the zips that the page makes, strictly enough to notice a wrong one.
import assert from 'node:assert/strict'
import { crc32, inflateRawSync } from 'node:zlib'

/** The files of a zip by path, checked against the central directory. */
export function unzip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  assert.notEqual(end, -1, 'no end of central directory')
  let count = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  const locator = end - 20
  if (locator >= 0 && bytes.readUInt32LE(locator) === 0x07064b50) {
    const end64 = Number(bytes.readBigUInt64LE(locator + 8))
    assert.equal(bytes.readUInt32LE(end64), 0x06064b50, 'the zip64 locator points astray')
    count = Number(bytes.readBigUInt64LE(end64 + 32))
    at = Number(bytes.readBigUInt64LE(end64 + 48))
  }
  const files = new Map()
  for (let i = 0; i < count; i++) {
    assert.equal(bytes.readUInt32LE(at), 0x02014b50, `entry ${i} has no signature`)
    const method = bytes.readUInt16LE(at + 10)
    assert.ok(method === 0 || method === 8, 'an entry has an unknown method')
    const checksum = bytes.readUInt32LE(at + 16)
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(offset => bytes.readUInt16LE(at + offset))
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    let size = bytes.readUInt32LE(at + 24)
    let packed = bytes.readUInt32LE(at + 20)
    let local = bytes.readUInt32LE(at + 42)
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    for (let e = 0; e + 4 <= extra.length; e += 4 + extra.readUInt16LE(e + 2)) {
      if (extra.readUInt16LE(e) !== 1) continue
      // Zip64: only those fields that do not fit, in this order.
      let value = e + 4
      const next = () => Number(extra.readBigUInt64LE((value += 8) - 8))
      if (size === 0xffffffff) size = next()
      if (packed === 0xffffffff) packed = next()
      if (local === 0xffffffff) local = next()
    }
    assert.equal(bytes.readUInt32LE(local), 0x04034b50, `${name} has no local header`)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    assert.ok(!files.has(name), `${name} comes twice`)
    const stored = bytes.subarray(start, start + packed)
    const content = method === 8 ? inflateRawSync(stored) : stored
    assert.equal(content.length, size, `${name} has another size`)
    assert.equal(crc32(content), checksum, `${name} has another checksum`)
    files.set(name, content)
    at += 46 + nameLength + extraLength + commentLength
  }
  return files
}

/** The paths of an archive that some system cannot have, by the rules of Windows and macOS. */
export function unportableNames(paths) {
  const seen = new Set()
  return paths.filter(path => {
    // Disks take names for the same that differ by case or by the form of their accents.
    const same = path.toUpperCase().toLowerCase().normalize('NFD')
    const again = seen.has(same)
    seen.add(same)
    const parts = path.replace(/\/$/, '').split('/')
    const device = part => /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i.test(part.replace(/ +(?=\.|$)/g, ''))
    const bad = part => part === '' || part === '.' || part === '..' || /[<>:"|?*\\\u0000-\u001f]|[. ]$/.test(part) || device(part) || Buffer.byteLength(part) > 255
    return again || parts.some(bad)
  })
}
