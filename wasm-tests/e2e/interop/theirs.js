// Their page: js-libp2p and Helia, used as their documentation says. It knows nothing about us.
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise as noiseEncryption } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { byteStream } from '@libp2p/utils'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createHelia } from 'helia'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { equals, noise } from './bytes.js'

/** Returns all bytes of a stream over the same stream, up to its end. */
const ECHO = '/echo/1.0.0'

/** Bytes of an echo in flight, because js-libp2p resets a stream of which four megabytes wait for a reader. */
const PIECE = 2 ** 18

/** Streams of one protocol on one connection: more than the tests have at once. */
const STREAMS = { maxInboundStreams: 256, maxOutboundStreams: 256 }

let helia
let libp2p
let relay
let resets = 0

globalThis.peer = {
  async start(address) {
    relay = address
    helia = await createHelia({
      http: { delegatedRouters: [], recursiveGateways: [] },
      libp2p: {
        addresses: { listen: [`${relay}/p2p-circuit`, '/webrtc'] },
        transports: [webSockets(), circuitRelayTransport(), webRTC({ rtcConfiguration: { iceServers: [] } })],
        connectionEncrypters: [noiseEncryption()],
        streamMuxers: [yamux()],
        // By default, pages must not dial this machine.
        connectionGater: { denyDialMultiaddr: () => false },
        peerDiscovery: [],
        // It disconnects a peer that takes seconds to answer, as a busy machine may.
        connectionMonitor: { enabled: false },
        services: { identify: identify(), ping: ping() },
      },
    }).start()
    libp2p = helia.libp2p
    await libp2p.handle(ECHO, answer, STREAMS)
    return String(libp2p.peerId)
  },

  async dial(id) {
    await libp2p.dial(multiaddr(`${relay}/p2p-circuit/webrtc/p2p/${id}`))
  },

  /** Waits until there is a direct connection, made by either side. */
  async direct(id) {
    while (!connection(id)) await new Promise(resolve => libp2p.addEventListener('connection:open', resolve, { once: true }))
  },

  async pinged(id) {
    return (await libp2p.services.ping.ping(peerIdFromString(id))) >= 0
  },

  /** Sends bytes and receives what returns. Tells whether that was all of it. */
  async echo(id, size) {
    const stream = await open(id)
    const bytes = byteStream(stream)
    const sent = noise(size)
    const back = []
    for (let at = 0; at < size; at += PIECE) {
      const piece = sent.subarray(at, at + PIECE)
      stream.send(piece)
      // After our half is closed, the other is still read.
      if (at + PIECE >= size) await stream.close()
      back.push((await bytes.read({ bytes: piece.length })).subarray())
    }
    return (await bytes.read()) === null && equals(new Uint8Array(await new Blob(back).arrayBuffer()), sent)
  },

  /** Gives a stream up after the other side has started to answer. */
  async abandon(id) {
    const stream = await open(id)
    stream.send(new Uint8Array(1))
    await byteStream(stream).read()
    stream.abort(new Error('given up'))
  },

  resets: () => resets,

  async keep(block) {
    const bytes = Uint8Array.from(block)
    const cid = CID.createV1(raw.code, await sha256.digest(bytes))
    await helia.blockstore.put(cid, bytes)
    return String(cid)
  },

  async fetch(id, cid) {
    const bytes = []
    for await (const piece of helia.blockstore.get(CID.parse(cid), { signal: AbortSignal.timeout(60_000) })) bytes.push(...piece)
    return bytes
  },
}

/** The direct connection to a peer. */
const connection = id => libp2p.getConnections(peerIdFromString(id)).find(({ remoteAddr }) => String(remoteAddr).includes('/webrtc'))

const open = id => connection(id).newStream(ECHO, STREAMS)

/**
 * Sends back what comes, to the end.
 *
 * Without `for await`: over a stream whose other half is closed before the loop begins, that waits for ever.
 */
async function answer(stream) {
  stream.addEventListener('close', ({ error }) => { if (error) resets += 1 })
  const bytes = byteStream(stream)
  for (let piece = await bytes.read(); piece !== null; piece = await bytes.read()) stream.send(piece)
  await stream.close()
}
