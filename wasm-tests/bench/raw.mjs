// What the browser does by itself with the same bytes. The other figures are compared with this.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { WebSocketServer } from './packages.mjs'

/** Bytes in one message of a bare WebSocket. */
const MESSAGE = 65_536
/** Bytes in a socket at which its sender waits. */
const MARK = 4 * 2 ** 20

/** A host that serves only a worker for the bare measures, and the other end of the bare WebSocket. */
export async function rawHost() {
  const worker = await readFile(new URL('raw.worker.js', import.meta.url))
  const server = createServer(({ url }, response) => {
    const script = url === '/raw.worker.js'
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(script ? worker : '<!doctype html><title>Bare</title>')
  })
  new WebSocketServer({ server, perMessageDeflate: false, maxPayload: MESSAGE }).on('connection', (socket, { url }) => {
    const size = Number(new URL(url, 'http://localhost').searchParams.get('size'))
    if (url.startsWith('/down')) send(socket, size)
    else receive(socket, size)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${server.address().port}/`,
    close() {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
}

/** Sends when it is asked to. */
function send(socket, size) {
  const message = Buffer.alloc(MESSAGE, 7)
  let left = size
  const more = () => {
    for (; left > 0 && socket.bufferedAmount < MARK; left -= MESSAGE) {
      socket.send(message, () => socket.bufferedAmount < MARK / 2 && more())
    }
  }
  socket.once('message', more)
}

/** Reports when it has everything. */
function receive(socket, size) {
  let left = size
  socket.on('message', data => {
    left -= data.length
    if (left <= 0) socket.send('all')
  })
}

/** The bare measures in one browser: a tab whose worker does what Spinney's worker does, without Spinney. */
export class Raw {
  static async open(browser, url) {
    const raw = new Raw()
    raw.url = url
    raw.page = await browser.tab(url)
    await raw.page.evaluate(() => {
      const worker = new Worker('raw.worker.js')
      globalThis.seconds = (work, ...args) => new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.seconds))
        worker.onerror = ({ message }) => reject(new Error(message))
        worker.postMessage({ work, args })
      })
    })
    return raw
  }

  /** Seconds for writing `size` bytes in blocks of `block` into IndexedDB, `batch` bytes in each transaction. */
  write(size, block, batch) {
    return this.#seconds('write', size, block, batch)
  }

  /** Seconds for sending `size` bytes over a WebSocket, until the other end reports that it has them. */
  up(size) {
    return this.#seconds('up', `${this.url.replace('http', 'ws')}up?size=${size}`, size, MESSAGE, MARK)
  }

  /** Seconds for receiving `size` bytes over a WebSocket. */
  down(size) {
    return this.#seconds('down', `${this.url.replace('http', 'ws')}down?size=${size}`, size)
  }

  /** Closes its tab, so that the tab below is visible again. */
  close() {
    return this.page.close()
  }

  #seconds(...args) {
    return this.page.evaluate(args => seconds(...args), args)
  }
}
