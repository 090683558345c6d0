import { withBitswap } from '@helia/bitswap'
import { withLibp2p } from '@helia/libp2p'
import { unixfs } from '@helia/unixfs'
import { IDBBlockstore } from 'blockstore-idb'
import { IDBDatastore } from 'datastore-idb'
import { createHeliaLight } from 'helia'
import { CID } from 'multiformats/cid'
import { address, dial, libp2pConfig, reserve } from '../lib/libp2p.js'
import { digest, random } from '../lib/random.js'

const blockstore = new IDBBlockstore('blocks')
const datastore = new IDBDatastore('data')
await blockstore.open()
await datastore.open()
const helia = withBitswap(withLibp2p(createHeliaLight({ blockstore, datastore }), libp2pConfig()))
await helia.start()
await reserve(helia.libp2p)
const files = unixfs(helia)
/** What was fetched last. */
let fetched

globalThis.bench = {
  address: way => address(helia.libp2p, way),
  dial: address => dial(helia.libp2p, address),

  /** Adds a file as a page gets it from a picker, read as a stream. */
  async add(size) {
    const bytes = random(size)
    const cid = await files.addByteStream(new File([bytes], 'film').stream())
    return { cid: cid.toString(), digest: await digest([bytes]) }
  },

  /** Adds a folder of many files. */
  async addMany(count, size) {
    const many = Array.from({ length: count }, (_, i) => ({ path: `${i}`, content: random(size) }))
    let last
    for await (const entry of files.addAll(many, { wrapWithDirectory: true })) last = entry
    return last.cid.toString()
  },

  async fetch(cid) {
    const start = performance.now()
    let first
    fetched = []
    for await (const part of files.cat(CID.parse(cid))) {
      first ??= performance.now() - start
      fetched.push(part)
    }
    return { first, all: performance.now() - start }
  },
  digest: () => digest(fetched),

  /** Fetches all files of a folder, so many at a time. */
  async fetchMany(cid, atOnce) {
    const start = performance.now()
    const entries = []
    for await (const entry of files.ls(CID.parse(cid))) entries.push(entry)
    let bytes = 0
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let entry; (entry = entries.pop()); ) for await (const part of files.cat(entry.cid)) bytes += part.length
    }))
    return { all: performance.now() - start, bytes }
  },
}
