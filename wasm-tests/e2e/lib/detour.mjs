// UDP paths that a test can cut, as a firewall would.
import dgram from 'node:dgram'
import { once } from 'node:events'

export class Detour {
  /** Whether nothing comes through. */
  blocked = false
  #sockets = []

  /** A port of this machine that forwards everything to that port, and its answers back. */
  async to(address, port) {
    const front = await this.#socket()
    const backs = new Map()
    front.on('message', async (message, from) => {
      if (this.blocked) return
      const source = `${from.address} ${from.port}`
      if (!backs.has(source)) backs.set(source, this.#back(answer => front.send(answer, from.port, from.address)))
      ;(await backs.get(source)).send(message, port, address)
    })
    return front.address().port
  }

  async #back(pass) {
    const back = await this.#socket()
    back.on('message', answer => {
      if (!this.blocked) pass(answer)
    })
    return back
  }

  async #socket() {
    const socket = dgram.createSocket('udp4')
    this.#sockets.push(socket)
    socket.bind(0)
    await once(socket, 'listening')
    return socket
  }

  close() {
    for (const socket of this.#sockets) socket.close()
  }

  /** Makes a person's windows connect through here, for all candidates of their peers. */
  async lead({ browser: { context } }) {
    await context.exposeFunction('detour', (address, port) => this.to(address, port))
    await context.addInitScript(() => {
      window.RTCPeerConnection = class extends RTCPeerConnection {
        async addIceCandidate(candidate) {
          const parts = candidate?.candidate.split(' ') ?? []
          if (parts.length > 5) {
            if (parts[2].toLowerCase() !== 'udp' || parts[4].includes(':')) return
            parts[5] = await window.detour(parts[4], Number(parts[5]))
            parts[4] = '127.0.0.1'
            candidate = { ...candidate, candidate: parts.join(' ') }
          }
          await super.addIceCandidate(candidate)
        }
      }
    })
  }
}
