// A page that knows IPFS but not Spinney: Helia and its packages, used as their documentation says.
import { createIPNSRecord, ipns, IPNSEntry } from '@helia/ipns'
import { createVerifiedFetchWithHelia } from '@helia/verified-fetch'
import { decode } from '@ipld/dag-cbor'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { multiaddr } from '@multiformats/multiaddr'
import { createHelia } from 'helia'
import { CID } from 'multiformats/cid'

/** Without the public nodes that Helia asks by default, and allowed to dial this machine. */
const alone = () => ({
  addresses: { listen: [] },
  peerDiscovery: [],
  connectionGater: { denyDialMultiaddr: () => false },
  services: { identify: identify() },
})

/** Runs `work` with a node that knows one gateway, which is its router too, and no peer. */
async function overHttp(gateway, work) {
  const http = { delegatedRouters: [gateway], recursiveGateways: [gateway], allowInsecure: true, allowLocal: true }
  return using(await createHelia({ http, libp2p: alone() }).start(), work)
}

/** Runs `work` with a node that is connected to one peer, over a WebSocket, and asks nobody over HTTP. */
async function overLibp2p(address, work) {
  const http = { delegatedRouters: [], recursiveGateways: [] }
  return using(await createHelia({ http, libp2p: alone() }).start(), async helia => {
    await helia.libp2p.dial(multiaddr(address))
    return work(helia)
  })
}

async function using(helia, work) {
  try {
    return await work(helia)
  } finally {
    await helia.stop()
  }
}

/** Fetches an `ipfs:` or `ipns:` address. Every block and record is verified here. */
export function fetchVerified(gateway, address, accept) {
  return overHttp(gateway, async helia => {
    const verifiedFetch = await createVerifiedFetchWithHelia(helia)
    const response = await verifiedFetch(address, accept ? { headers: { accept } } : {})
    const bytes = [...new Uint8Array(await response.arrayBuffer())]
    return { status: response.status, type: response.headers.get('content-type'), bytes }
  })
}

/** Resolves a name. Every record is verified here. */
export function resolve(router, name) {
  return overHttp(router, async helia => {
    const found = []
    for await (const { value, record } of ipns(helia).resolve(CID.parse(name))) {
      found.push({ value, sequence: decode(record.data).Sequence })
    }
    return found
  })
}

/** Publishes a new name that points to a CID. Returns the name. */
export function publish(router, cid) {
  return overHttp(router, async helia => {
    const { name } = await ipns(helia).publish('mine', CID.parse(cid))
    return name.slice('/ipns/'.length)
  })
}

/** Makes a record for the identity with this secret. */
export async function record(secret, cid, sequence, lifetime) {
  const key = await generateKeyPairFromSeed('Ed25519', Uint8Array.from(secret))
  return [...IPNSEntry.encode(await createIPNSRecord(key, CID.parse(cid), BigInt(sequence), lifetime))]
}

/** Puts a record to a router. */
export function leave(router, name, record) {
  const key = new Uint8Array([...new TextEncoder().encode('/ipns/'), ...CID.parse(name).multihash.bytes])
  return overHttp(router, helia => helia.routing.put(key, Uint8Array.from(record)))
}

/** Fetches a block from a peer, by Bitswap. */
export function block(address, cid) {
  return overLibp2p(address, async helia => {
    const bytes = []
    for await (const piece of helia.blockstore.get(CID.parse(cid), { signal: AbortSignal.timeout(20_000) })) bytes.push(...piece)
    return bytes
  })
}
