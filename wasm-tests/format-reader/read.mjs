// Reads every vector of crate/tests/vectors as FORMAT.md says, with public packages only. Prints each that it cannot
// follow, and "N passed, N failed". Exits with 1 if one failed.
//
//   read.mjs                    every vector, the world, and that each check of this reader refuses a vector
//   read.mjs --without RULE …   the same while rules of rules.json are switched off
//   read.mjs --rules            each rule of rules.json switched off alone: the vectors that it names must notice
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { reach, unreached } from './lib/checks.mjs'
import { cidOf, DAG_CBOR, encode, fromHex, hex, Refused } from './lib/codec.mjs'
import { dagJson } from './lib/packages.mjs'
import { readers } from './lib/readers.mjs'
import { switchOff } from './lib/rules.mjs'
import { readWorld } from './lib/world.mjs'

// A refusal names every line on its way.
Error.stackTraceLimit = 50

const vectors = fileURLToPath(new URL('../../crate/tests/vectors', import.meta.url))

/** Vectors that others published are for them to test; the world is read as a whole. */
async function names() {
  const found = await readdir(vectors, { recursive: true })
  const ours = found.filter((name) => name.endsWith('.json') && !/^(published|world)/.test(name))
  return ours.map((name) => name.slice(0, -'.json'.length)).sort()
}

function bytesOf({ bytes, runs }) {
  if (bytes !== undefined) return fromHex(bytes)
  return runs && fromHex(runs.map(([piece, times]) => piece.repeat(times)).join(''))
}

/** What a vector holds as bytes, and what its reader makes of it. */
async function open(name) {
  const vector = JSON.parse(await readFile(path.join(vectors, `${name}.json`), 'utf8'))
  const reader = readers[vector.object]
  assert.ok(reader, `no reader for ${vector.object}`)
  const bytes = bytesOf(vector)
  return { bytes, value: await reader({ ...vector.derived, ...vector.given, bytes }) }
}

async function read(name) {
  const vector = JSON.parse(await readFile(path.join(vectors, `${name}.json`), 'utf8'))
  if (vector.refused !== undefined) {
    const refused = (error) => {
      assert.ok(error instanceof Refused, `must be refused, not fail: ${error.stack}`)
      assert.equal(error.code, vector.refused, error.message)
      reach(error)
      return true
    }
    await assert.rejects(() => open(name), refused, `must be refused: ${vector.refused}`)
    return
  }
  const { bytes, value } = await open(name)
  if (vector.cid) assert.equal(String(cidOf(DAG_CBOR, bytes)), vector.cid)
  if (vector.value) assert.equal(hex(encode(value)), hex(encode(dagJson.parse(JSON.stringify(vector.value)))))
}

let passed = 0
let failed = 0

async function count(name, run) {
  try {
    await run()
    passed += 1
  } catch (error) {
    failed += 1
    console.error(`${name}: ${error.stack}`)
  }
}

async function readAll() {
  for (const name of await names()) await count(name, () => read(name))
  const { count: checks, missed } = unreached()
  await count('every check of this reader refuses a vector', () => assert.deepEqual(missed, [], `of ${checks} checks`))
  await count('world', () => readWorld(path.join(vectors, 'world')))
}

/** Whether a vector notices that a rule is off: it opens though it must be refused, or does not open as it must. */
async function notices(name, rule) {
  const { refused } = JSON.parse(await readFile(path.join(vectors, `${name}.json`), 'utf8'))
  switchOff(rule)
  try {
    await open(name)
    return refused !== undefined
  } catch (error) {
    // A refused vector says nothing of what is derived from it, so the reader may fail behind the last rule.
    return refused === undefined || !(error instanceof Refused)
  } finally {
    switchOff()
  }
}

/** Switches each rule off, and counts it as passed if each vector that it names notices. */
async function measureRules() {
  const rules = JSON.parse(await readFile(new URL('rules.json', import.meta.url), 'utf8'))
  for (const { rule, vectors } of rules) {
    await count(rule, async () => {
      assert.ok(vectors.length > 0, 'names no vector')
      for (const name of vectors) {
        await read(name)
        assert.ok(await notices(name, rule), `${name} does not notice`)
      }
    })
  }
  console.log(`of ${rules.length} rules changed one at a time, vectors notice ${passed}`)
}

const [option, ...rules] = process.argv.slice(2)
if (option === '--rules') {
  await measureRules()
} else {
  if (option === '--without') switchOff(...rules)
  await readAll()
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
