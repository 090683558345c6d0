// The line between browsers and a relay. A test can stop it after so many bytes, cut it, make it slow, and let it go on.
import { EventEmitter, once } from 'node:events'
import { connect, createServer } from 'node:net'

const LOOPBACK = '127.0.0.1'

export class Line {
  #server
  #pairs = new Set()
  /** Bytes that may still pass in each direction: `down` from the relay, `up` to it. */
  #left = { down: Infinity, up: Infinity }
  #holding = false
  /** Bytes that pass in a second from the relay. */
  #rate = Infinity
  #cut = false
  /** Connections so far. */
  joined = 0
  #events = new EventEmitter()

  /** A line to a relay on this port of loopback. */
  static async to(port) {
    const line = new Line()
    line.#server = createServer(browser => line.#join(browser, connect(port, LOOPBACK)))
    await new Promise(resolve => line.#server.listen(0, LOOPBACK, resolve))
    return line
  }

  get port() {
    return this.#server.address().port
  }

  /** Lets so many bytes more pass in one direction, and no more. */
  hold(direction, bytes) {
    this.#left[direction] = bytes
  }

  /** Resolves when the line holds something back. */
  async held() {
    if (!this.#holding) await once(this.#events, 'held')
  }

  /** Lets everything pass again. What was held back goes first. */
  release() {
    this.#left = { down: Infinity, up: Infinity }
    this.#rate = Infinity
    this.#holding = false
    for (const sockets of this.#pairs) for (const socket of sockets) socket.resume()
  }

  /** Lets so many bytes pass in a second from the relay, for all connections in turn. */
  slow(rate) {
    this.#rate = rate
  }

  /** Ends every connection, and takes no other one until it is mended. */
  cut() {
    this.#cut = true
    for (const sockets of this.#pairs) for (const socket of sockets) socket.destroy()
  }

  mend() {
    this.#cut = false
    this.release()
  }

  async close() {
    for (const sockets of this.#pairs) for (const socket of sockets) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #join(browser, relay) {
    if (this.#cut) {
      browser.destroy()
      relay.destroy()
      return
    }
    const pair = [browser, relay]
    this.joined += 1
    this.#pairs.add(pair)
    this.#carry(browser, relay, 'up')
    this.#carry(relay, browser, 'down')
    for (const socket of pair) {
      // If one end is gone, the other ends too, as on a line that is cut.
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
    }
  }

  #carry(from, to, direction) {
    from.setNoDelay(true)
    from.on('data', bytes => {
      if (this.#left[direction] <= 0) {
        from.pause()
        from.unshift(bytes)
        this.#holding = true
        this.#events.emit('held')
        return
      }
      this.#left[direction] -= bytes.length
      const time = direction === 'down' ? (1000 * bytes.length) / this.#rate : 0
      if (time > 0) {
        from.pause()
        to.write(bytes)
        setTimeout(() => from.resume(), time)
        return
      }
      if (to.write(bytes)) return
      from.pause()
      to.once('drain', () => from.resume())
    })
    from.on('end', () => to.end())
  }
}
