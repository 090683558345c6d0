import { bitswap } from '@helia/block-brokers'
import { gossipsub } from '@libp2p/gossipsub'
import { createOrbitDB, IPFSAccessController } from '@orbitdb/core'
import { IDBBlockstore } from 'blockstore-idb'
import { IDBDatastore } from 'datastore-idb'
import { createHelia } from 'helia'
import { createLibp2p } from 'libp2p'
import { address, dial, libp2pConfig, reserve } from '../lib/libp2p.js'

const blockstore = new IDBBlockstore('blocks')
const datastore = new IDBDatastore('data')
await blockstore.open()
await datastore.open()
const libp2p = await createLibp2p(libp2pConfig({ pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) }))
const ipfs = await createHelia({ libp2p, blockstore, datastore, blockBrokers: [bitswap()] })
const orbitdb = await createOrbitDB({ ipfs })
await reserve(libp2p)

let log
/** A clock that all browsers of one machine share. */
const now = () => performance.timeOrigin + performance.now()
const seen = new Map()

globalThis.bench = {
  address: way => address(libp2p, way),
  dial: address => dial(libp2p, address),

  async create() {
    log = await orbitdb.open('bench', { type: 'events', AccessController: IPFSAccessController({ write: ['*'] }) })
    return log.address
  },

  async open(address) {
    log = await orbitdb.open(address)
    log.events.on('update', ({ hash }) => seen.set(hash, now()))
  },

  async add() {
    const time = now()
    return { time, hash: await log.add({ text: 'about as long as a short line in a chat' }) }
  },

  /** When an entry arrived. It may arrive later than the call. */
  async arrival(hash) {
    while (!seen.has(hash)) await new Promise(resolve => log.events.once('update', resolve))
    return seen.get(hash)
  },
}
