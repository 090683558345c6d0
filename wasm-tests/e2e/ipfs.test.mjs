// The relay as other IPFS tools see it: Helia and its packages, in a page of another origin, read what is public.
import assert from 'node:assert/strict'
import { cidOf, DAG_CBOR, decode, u32be } from '../format-reader/lib/codec.mjs'
import { kdf } from '../format-reader/lib/crypto.mjs'
import { CarReader } from '../format-reader/lib/packages.mjs'
import { bundled, caller } from './lib/bundled.mjs'
import { png } from './lib/files.mjs'
import { entropyOf } from './lib/packages.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()
const page = bundled('ipfs')

/** A day, in milliseconds. */
const DAY = 24 * 60 * 60 * 1000

const gateway = () => `http://127.0.0.1:${here.relay.port}`

/** A person whose profile is at the relay, and the other page in their browser. */
async function published(name) {
  const person = await here.person(name)
  const me = () => person.api(({ spinney }) => spinney.profiles.current())
  await until(async () => (await me()).published, true)
  const helia = caller(await page.open(person.browser), 'ipfs')
  return {
    person, helia, id: (await me()).id,
    /** The DAG-CBOR value at an address. */
    async object(address) {
      const { status, type, bytes } = await helia('fetchVerified', gateway(), address)
      assert.deepEqual([status, type], [200, 'application/vnd.ipld.dag-cbor'])
      return decode(Buffer.from(bytes)).object
    },
  }
}

here.test('by a name alone, over HTTP: the record is accepted, and leads to the root and the profile', async () => {
  const { id, helia, object } = await published('Anna')
  const [{ value, sequence }] = await helia('resolve', gateway(), id)
  const root = await object(`ipns://${id}`)
  assert.equal(root.seq, sequence)
  assert.deepEqual(await object(`ipfs://${value.slice('/ipfs/'.length)}`), root)
  assert.equal((await object(`ipns://${id}/object/profile`)).name, 'Anna')
})

here.test('by Bitswap from the relay: a block that is public', async () => {
  const { id, helia, object } = await published('Anna')
  const { profile } = await object(`ipns://${id}`)
  const before = (await here.relay.counters()).bitswapBlocks
  const block = Buffer.from(await helia('block', here.relay.address, String(profile)))
  const raw = await fetch(`${gateway()}/ipfs/${profile}?format=raw`)
  assert.deepEqual(block, Buffer.from(await raw.arrayBuffer()))
  assert.equal((await here.relay.counters()).bitswapBlocks, before + 1)
})

/** The fields of a protobuf message that are bytes, by their numbers. */
function fieldsOf(message) {
  let at = 0
  const varint = () => {
    let [value, shift] = [0, 0]
    for (; message[at] >= 0x80; shift += 7) value += (message[at++] & 0x7f) * 2 ** shift
    return value + message[at++] * 2 ** shift
  }
  const fields = {}
  while (at < message.length) {
    const [number, kind] = (tag => [tag >> 3, tag & 7])(varint())
    const length = varint()
    if (kind === 2) fields[number] = message.subarray(at, (at += length))
  }
  return fields
}

/** `signatureV2` and `data`. */
const signedOf = ({ 8: signature, 9: data }) => ({ 8: signature, 9: data })

here.test('a record that Helia made with somebody’s words is theirs: everybody who adds them resolves it', async () => {
  const { person: anna, id, helia } = await published('Anna')
  const [{ value, sequence }] = await helia('resolve', gateway(), id)
  const secret = kdf(kdf(entropyOf(anna.words), 'seed', u32be(0)), 'identity')
  // It has the same root and a later end of life than ours, so it replaces ours.
  const record = await helia('record', [...secret], value.slice('/ipfs/'.length), sequence, 365 * DAY)
  await helia('leave', gateway(), id, record)
  const stands = await fetch(`${gateway()}/routing/v1/ipns/${id}`, { headers: { accept: 'application/vnd.ipfs.ipns-record' } })
  // The relay keeps of it what is signed, and nothing else.
  assert.deepEqual(fieldsOf(Buffer.from(await stands.arrayBuffer())), signedOf(fieldsOf(Buffer.from(record))))
  await anna.leave()

  const ben = await here.person('Ben')
  await ben.api(({ spinney, id }) => spinney.contacts.add(id), { id })
  await until(() => ben.api(async ({ spinney }) => (await spinney.contacts.list()).map(({ name }) => name)), ['Anna'])
})

here.test('a picture shared with everyone: by its CID and from the feed behind a name, and by no name of somebody else', async () => {
  const { person: anna, id, helia, object } = await published('Anna')
  const picture = png()
  const folder = await anna.api(async ({ spinney, bytes }) => {
    const file = new File([new Uint8Array(bytes)], 'tree.png', { type: 'image/png' })
    const { root } = await spinney.shares.create({ title: 'A tree', files: [{ path: 'tree.png', file }], audience: { kind: 'public' } })
    return root
  }, { bytes: [...picture] })
  await until(() => anna.api(async ({ spinney }) => (await spinney.shares.list()).map(({ kept }) => kept)), [true])

  const isPicture = ({ status, type, bytes }) => {
    assert.deepEqual([status, type], [200, 'image/png'])
    assert.deepEqual(Buffer.from(bytes), picture)
  }
  isPicture(await helia('fetchVerified', gateway(), `ipfs://${folder}/tree.png`))

  // The newest page of the feed has the share as the bytes that its author signed. They lead to the files.
  const [{ object: share }] = (await object(`ipns://${id}/object/feed`)).entries
  assert.equal(String(decode(share).object.root), folder)

  // That share is a block of its own. Paths lead from it to its files.
  const cid = cidOf(DAG_CBOR, share)
  isPicture(await helia('fetchVerified', gateway(), `ipfs://${cid}/object/root/tree.png`))
  // A name of somebody else must not lead to it here: its owner keeps nothing at this relay.
  await assert.rejects(helia('publish', gateway(), String(cid)), /status other than 200/)

  // The same path as one archive, read by another library than the one that wrote it.
  const way = await fetch(`${gateway()}/ipfs/${cid}/object/root/tree.png?format=car&dag-scope=entity`)
  const blocks = []
  for await (const { cid, bytes } of (await CarReader.fromBytes(new Uint8Array(await way.arrayBuffer()))).blocks()) {
    assert.ok(cidOf(cid.code, bytes).equals(cid))
    blocks.push(bytes)
  }
  assert.equal(blocks.length, 3)
  assert.deepEqual([blocks[0], blocks[2]].map(block => Buffer.from(block)), [Buffer.from(share), picture])

  const { bytes } = await helia('fetchVerified', gateway(), `ipfs://${folder}`, 'application/vnd.ipld.raw')
  assert.deepEqual(await helia('block', here.relay.address, folder), bytes)
})
