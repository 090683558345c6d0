// The relay's face to other IPFS tools: Helia and its packages, in a page of another origin, read what is public.
import assert from 'node:assert/strict'
import { decode, u32be } from '../format-reader/lib/codec.mjs'
import { kdf } from '../format-reader/lib/crypto.mjs'
import { heliaPage } from './lib/helia.mjs'
import { entropyOf } from './lib/packages.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()
const page = heliaPage()

/** A day, in milliseconds. */
const DAY = 24 * 60 * 60 * 1000

const gateway = () => `http://127.0.0.1:${here.relay.port}`

/** Somebody whose profile is at the relay, and the other page in their browser. */
async function published(name) {
  const person = await here.person(name)
  const me = () => person.api(({ spinney }) => spinney.profiles.current())
  await until(async () => (await me()).published, true)
  const helia = await page.open(person.browser)
  return {
    person, helia, id: (await me()).id,
    /** What is at an address of DAG-CBOR. */
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

here.test('a record that Helia made with somebody’s words is theirs: whoever adds them resolves it', async () => {
  const { person: anna, id, helia } = await published('Anna')
  const [{ value, sequence }] = await helia('resolve', gateway(), id)
  const secret = kdf(kdf(entropyOf(anna.words), 'seed', u32be(0)), 'identity')
  // Of the same root, with a later end of life than ours has: it takes the place of ours.
  const record = await helia('record', [...secret], value.slice('/ipfs/'.length), sequence, 365 * DAY)
  await helia('leave', gateway(), id, record)
  const stands = await fetch(`${gateway()}/routing/v1/ipns/${id}`, { headers: { accept: 'application/vnd.ipfs.ipns-record' } })
  assert.deepEqual(Buffer.from(await stands.arrayBuffer()), Buffer.from(record))
  await anna.leave()

  const ben = await here.person('Ben')
  const { name } = await ben.api(({ spinney, id }) => spinney.contacts.add(id), { id })
  assert.equal(name, 'Anna')
})
