// What ipfs-unixfs-importer makes from given files in the profile unixfs-v1-2025, and small DAGs of other shapes that
// it wrote, as the vectors of crate/tests/vectors/published/unixfs. Checks that it still makes the same, and prints
// "N passed, N failed". With --write it writes them. The largest files run only with SPINNEY_LONG.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { balanced, CarWriter, chacha20, dagPb, fixedSize, importer, trickle } from './lib/packages.mjs'

const folder = new URL('../../crate/tests/vectors/published/unixfs/', import.meta.url)
const MIB = 2 ** 20
const profile = { profile: 'unixfs-v1-2025', wrapWithDirectory: true }

/** Bytes that follow from a seed, as Kubo's tests and IPIP-499's vectors make them; zeros without one. */
function * contents(seed, size) {
  const key = seed && createHash('sha256').update(seed).digest()
  for (let at = 0; at < size; at += MIB) {
    const zeros = new Uint8Array(Math.min(MIB, size - at))
    yield key ? chacha20(key, new Uint8Array(12), zeros, undefined, at / 64) : zeros
  }
}

/** Names that follow from a seed, all of one length except the last, as in Kubo. */
function names({ seed, count, length, last }) {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz01234567890-_'
  const [bytes] = contents(seed, MIB)
  const name = (at, length) => Array.from(bytes.subarray(at, at + length), (byte) => alphabet[byte % alphabet.length]).join('')
  return Array.from({ length: count }, (_, i) => name(i * length, i === count - 1 ? last : length))
}

async function build(files, options) {
  const blocks = new Map()
  const store = { put: async (cid, bytes) => (blocks.set(String(cid), bytes), cid) }
  let root
  for await (root of importer(files, store, options));
  return { root, blocks }
}

const file = (seed, size, more) => ({ seed, size, ...more })
const files = [
  ...[0, 1, MIB - 1, MIB, MIB + 1, 10 * MIB].map((size) => file('chunk-v1-seed', size)),
  file(null, 1024 * MIB),
  file(null, 1024 * MIB + 1),
  file('spinney', 100 * MIB, { long: true }),
  file('v1-2025-seed', 1024 * MIB, { long: true }),
  file('v1-2025-seed', 1024 * MIB + 1, { long: true })
]

async function importFile({ seed, size }) {
  const { root } = await build([{ content: contents(seed, size) }], { profile: 'unixfs-v1-2025' })
  return { cid: String(root.cid), total: Number(root.size) }
}

const hamt = (last) => ({ names: { seed: 'hamt-unixfs-v1-2025', count: 4766, length: 11, last } })
const many = { seed: 'five thousand', count: 5000, length: 17, last: 17 }
const folders = [
  { says: 'nothing', paths: [] },
  { says: 'the largest plain directory, 256 KiB', ...hamt(21) },
  { says: 'the smallest sharded directory, a byte more', ...hamt(22) },
  { says: '5,000 names', names: many },
  { says: '20,000 names, shards three levels deep', names: { seed: 'twenty thousand', count: 20_000, length: 20, last: 20 } },
  {
    says: 'folders in folders, names in an order that paths do not have, other alphabets',
    paths: [
      ['a-b', 'one', 3], ['a/a', 'two', 0], ['a/b/c/d/e.txt', 'three', 5000], ['a/b/c.txt', 'four', 70], ['a0', 'five', 1],
      ['a/ä', 'six', 20], ['a/Ä', 'seven', 21], ['See 🌊/日本.jpg', 'eight', MIB + 1], ['.hidden', 'nine', 9]
    ]
  },
  { says: 'a sharded directory beside others, two folders deep', names: { ...many, under: 'photos/2026' }, paths: [['photos/a', 'one', 2], ['z', 'two', 2]] }
]

/** Every file of a folder as [path, seed, size]. A file of which only the name matters has one "x" in it. */
const entries = ({ names: of, paths = [] }) => [
  ...(of ? names(of).map((name) => [of.under ? `${of.under}/${name}` : name, 'x', undefined]) : []),
  ...paths
]

const candidates = (folder) => entries(folder).map(([path, seed, size]) => ({
  ...folder.stat,
  path,
  content: size === undefined ? new TextEncoder().encode(seed) : contents(seed, size)
}))

async function importFolder(folder) {
  const files = candidates(folder)
  const empty = files.length === 0
  const { root } = await build(empty ? [{ path: 'empty' }] : files, { ...profile, wrapWithDirectory: !empty })
  return { cid: String(root.cid), total: Number(root.size) }
}

const small = { ...profile, chunker: fixedSize({ chunkSize: 64 }), layout: balanced({ maxChildrenPerNode: 4 }) }
// The profile would put links first again.
const dataFirst = { profile: undefined, shardSplitStrategy: 'block-bytes', fieldOrder: 'data-first' }
const one = [['one/file', 'shape', 1500]]
const sixty = { names: { seed: 'sixty', count: 60, length: 8, last: 8, under: 'shards' } }
const shapes = [
  { says: 'chunks of 64 bytes, four in a node, three levels', paths: one, options: small },
  { says: 'chunks inside of DAG-PB', paths: one, options: { ...small, rawLeaves: false } },
  { says: 'chunks of the oldest kind inside of DAG-PB', paths: one, options: { ...small, rawLeaves: false, leafType: 'raw' } },
  { says: 'data before links', paths: one, options: { ...small, ...dataFirst } },
  { says: 'a trickle: chunks not equally far from the root', paths: one, options: { ...small, layout: trickle({ maxChildrenPerNode: 4 }) } },
  { says: 'a file of one block with time and permissions', paths: [['one', 'shape', 40]], stat: { mode: 0o644, mtime: { secs: 1n, nsecs: 2 } }, options: profile },
  { says: 'shards of 8 places', ...sixty, options: { ...profile, shardSplitThresholdBytes: 100, shardFanoutBits: 3 } },
  { says: 'shards of 256 places', ...sixty, options: { ...profile, shardSplitThresholdBytes: 100 } },
  { says: 'shards of 1,024 places', ...sixty, options: { ...profile, shardSplitThresholdBytes: 100, shardFanoutBits: 10 } }
]

/** A DAG as a CAR: depth first, each block once. */
async function car(root, blocks) {
  const { writer, out } = CarWriter.create([root])
  const written = (async () => {
    const pieces = []
    for await (const piece of out) pieces.push(piece)
    return Buffer.concat(pieces)
  })()
  const seen = new Set()
  const put = async (cid) => {
    if (seen.has(String(cid))) return
    seen.add(String(cid))
    const bytes = blocks.get(String(cid))
    await writer.put({ cid, bytes })
    if (cid.code === dagPb.code) for (const link of dagPb.decode(bytes).Links) await put(link.Hash)
  }
  await put(root)
  await writer.close()
  return (await written).toString('base64')
}

async function importShape({ options, ...shape }) {
  const { root, blocks } = await build(candidates(shape), options)
  const { stat: _, ...told } = shape
  return { ...told, root: String(root.cid), car: await car(root.cid, blocks) }
}

const vectors = {
  files: files.map((file) => [file, async () => ({ ...file, ...await importFile(file) })]),
  folders: folders.map((folder) => [folder, async () => ({ ...folder, ...await importFolder(folder) })]),
  shapes: shapes.map((shape) => [shape, () => importShape(shape)])
}

let passed = 0
let failed = 0
for (const [name, cases] of Object.entries(vectors)) {
  const place = new URL(`${name}.json`, folder)
  if (process.argv.includes('--write')) {
    const made = []
    for (const [, make] of cases) made.push(await make())
    await writeFile(place, `[\n${made.map((value) => `  ${JSON.stringify(value)}`).join(',\n')}\n]\n`)
    continue
  }
  const stored = JSON.parse(await readFile(place, 'utf8'))
  assert.equal(stored.length, cases.length, `${name}: another number of cases`)
  for (const [i, [given, make]] of cases.entries()) {
    if (given.long && !process.env.SPINNEY_LONG) continue
    try {
      assert.deepEqual(stored[i], JSON.parse(JSON.stringify(await make())))
      passed += 1
    } catch (error) {
      failed += 1
      console.error(`${name}, ${given.says ?? given.size}: ${error.stack}`)
    }
  }
}
if (!process.argv.includes('--write')) console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
