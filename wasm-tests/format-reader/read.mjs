// Reads every vector of crate/tests/vectors as FORMAT.md says, with public packages only. Prints each that it cannot
// follow, and "N passed, N failed". Exits with 1 if one failed.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readers } from './lib/readers.mjs'
import { cidOf, DAG_CBOR, encode, fromHex, hex, Refused } from './lib/codec.mjs'
import { dagJson } from './lib/packages.mjs'

const vectors = fileURLToPath(new URL('../../crate/tests/vectors', import.meta.url))

/** Vectors that others published are for them to test. */
async function files() {
  const found = await readdir(vectors, { recursive: true })
  return found.filter((name) => name.endsWith('.json') && !name.startsWith('published')).sort()
}

async function read(name) {
  const vector = JSON.parse(await readFile(path.join(vectors, name), 'utf8'))
  const reader = readers[vector.object]
  assert.ok(reader, `no reader for ${vector.object}`)
  const given = { ...vector.derived, ...vector.given }
  const bytes = vector.bytes === undefined ? undefined : fromHex(vector.bytes)
  if (vector.refused !== undefined) {
    await assert.rejects(async () => reader({ ...given, bytes }), Refused, 'must be refused')
    return
  }
  const value = await reader({ ...given, bytes })
  if (vector.cid) assert.equal(String(cidOf(DAG_CBOR, bytes)), vector.cid)
  if (vector.value) assert.equal(hex(encode(value)), hex(encode(dagJson.parse(JSON.stringify(vector.value)))))
}

let passed = 0
let failed = 0
for (const name of await files()) {
  try {
    await read(name)
    passed += 1
  } catch (error) {
    failed += 1
    console.error(`${name}: ${error.stack}`)
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
