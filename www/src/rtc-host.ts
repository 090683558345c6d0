// Peer connections for the engine, because a worker cannot create any. This file opens, tracks and closes them. It does not
// interpret what is sent through them.

import type { FromPeer, ToPeer } from './engine/protocol'
import { pipe } from './rtc-pipe'

/** The peer connections of one engine. The engine requests them through a port. */
export class RtcHost {
  readonly #port: MessagePort
  readonly #setting: RTCConfiguration
  readonly #peers = new Set<Peer>()

  constructor(port: MessagePort, stun: readonly string[]) {
    this.#port = port
    this.#setting = stun.length > 0 ? { iceServers: [{ urls: [...stun] }] } : {}
    port.onmessage = ({ ports: [port] }: MessageEvent) => {
      if (port) this.#connect(port)
    }
  }

  #connect(port: MessagePort): void {
    try {
      const peer: Peer = new Peer(port, this.#setting, () => this.#peers.delete(peer))
      this.#peers.add(peer)
    } catch {
      // This browser allows no connections, or no further ones.
      port.postMessage({ state: 'failed' } satisfies FromPeer)
    }
  }

  /** Closes every connection. */
  stop(): void {
    this.#port.close()
    for (const peer of this.#peers) peer.close()
  }
}

class Peer {
  readonly #port: MessagePort
  readonly #connection: RTCPeerConnection
  readonly #onClose: () => void

  constructor(port: MessagePort, setting: RTCConfiguration, onClose: () => void) {
    this.#connection = new RTCPeerConnection(setting)
    this.#port = port
    this.#onClose = onClose
    port.onmessage = ({ data }: MessageEvent<ToPeer>) => {
      this.#onCommand(data).catch(() => this.#post({ state: 'failed' }))
    }
    port.addEventListener('close', () => this.close())
    const connection = this.#connection
    connection.ondatachannel = ({ channel }) => this.#transfer(channel, channel.label)
    connection.onicecandidate = ({ candidate }) => this.#post({ candidate: candidate && JSON.stringify(candidate) })
    connection.onconnectionstatechange = () => this.#onStateChange()
  }

  close(): void {
    this.#connection.close()
    this.#port.close()
    this.#onClose()
  }

  async #onCommand(ask: ToPeer): Promise<void> {
    const connection = this.#connection
    if ('open' in ask) {
      this.#transfer(connection.createDataChannel(ask.open))
    } else if ('offer' in ask) {
      await this.#describe(await connection.createOffer())
    } else if ('answer' in ask) {
      await connection.setRemoteDescription({ type: 'offer', sdp: ask.answer })
      await this.#describe(await connection.createAnswer())
    } else if ('accept' in ask) {
      await connection.setRemoteDescription({ type: 'answer', sdp: ask.accept })
    } else if ('try' in ask) {
      // A candidate that the browser rejects is one path less, not an error.
      await connection.addIceCandidate(ask.try === null ? undefined : JSON.parse(ask.try)).catch(() => {})
    } else {
      this.close()
    }
  }

  /** Sends the description before it is set, because the browser emits candidates as soon as it is set. */
  async #describe(description: RTCSessionDescriptionInit): Promise<void> {
    this.#post({ described: description.sdp ?? '' })
    await this.#connection.setLocalDescription(description)
  }

  #onStateChange(): void {
    const { connectionState, sctp } = this.#connection
    if (connectionState === 'connected') {
      if (sctp) this.#watchClose(sctp)
      this.#post({ state: 'connected', maxMessage: sctp?.maxMessageSize ?? 0 })
    } else if (connectionState === 'disconnected') this.#post({ state: 'interrupted' })
    else if (connectionState === 'failed' || connectionState === 'closed') this.#post({ state: 'failed' })
  }

  /** Reports when the peer hangs up. The connection alone would see silence and wait for a timeout. */
  #watchClose(sctp: RTCSctpTransport): void {
    for (const transport of [sctp, sctp.transport]) {
      transport.onstatechange = () => {
        if (transport.state === 'closed') this.#post({ state: 'failed' })
      }
    }
  }

  /** Transfers a channel to the worker. Browsers allow this only directly after its creation, or not at all. */
  #transfer(channel: RTCDataChannel, label?: string): void {
    const named = label === undefined ? {} : { label }
    try {
      this.#port.postMessage({ channel, ...named } satisfies FromPeer, [channel as unknown as Transferable])
    } catch {
      const port = pipe(channel)
      this.#port.postMessage({ channel: port, ...named } satisfies FromPeer, [port])
    }
  }

  #post(message: FromPeer): void {
    this.#port.postMessage(message)
  }
}
