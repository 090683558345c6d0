// What the pages of Helia and OrbitDB share: libp2p with a relay over WebSockets, and WebRTC between browsers.
// Nothing reaches beyond this machine (no bootstrap, DHT, delegated routing or STUN).
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'

export const relay = new URL(location).searchParams.get('relay')

export const libp2pConfig = (services = {}) => ({
  addresses: { listen: ['/p2p-circuit', '/webrtc'] },
  transports: [webSockets(), webRTC({ rtcConfiguration: { iceServers: [] } }), circuitRelayTransport()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  peerDiscovery: [],
  connectionGater: { denyDialMultiaddr: () => false },
  services: { identify: identify(), ping: ping(), ...services },
})

/** Dials the relay and waits until our own addresses show its reservation. */
export async function reserve(libp2p) {
  await libp2p.dial(multiaddr(relay))
  const isReserved = () => libp2p.getMultiaddrs().some(address => address.toString().includes('/p2p-circuit'))
  while (!isReserved()) await new Promise(resolve => setTimeout(resolve, 5))
}

/** The path by which others reach us: `direct`, or only through the `relay`. */
export const address = (libp2p, way) => `${relay}/p2p-circuit${way === 'direct' ? '/webrtc' : ''}/p2p/${libp2p.peerId}`

/** Connects, and measures the milliseconds. */
export async function dial(libp2p, address) {
  const start = performance.now()
  await libp2p.dial(multiaddr(address))
  return performance.now() - start
}
