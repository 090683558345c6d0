// The peer of `wasm-tests/examples/peer.rs`, with the same interface as `theirs.js`.
import { equals, noise } from './bytes.js'
import init, { Peer } from './wasm/peer.js'
import wasm from './wasm/peer_bg.wasm?url'

const window = new Promise(resolve => { onmessage = ({ data }) => resolve(data) })

let peer

globalThis.peer = {
  async start(relay) {
    await init({ module_or_path: wasm })
    peer = await Peer.start(await window, relay)
    return peer.id()
  },
  allow: id => peer.allow(id),
  dial: id => peer.dial(id),
  direct: id => peer.direct(id),
  pinged: id => peer.pinged(id),
  async echo(id, size) {
    const sent = noise(size)
    return equals(await peer.echo(id, sent), sent)
  },
  abandon: id => peer.abandon(id),
  resets: () => peer.resets(),
  keep: block => peer.keep(Uint8Array.from(block)),
  fetch: async (id, cid) => [...await peer.fetch(id, cid)],
}

postMessage('ready')
