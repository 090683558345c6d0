// What the browser does by itself with the same bytes: the measure that the rest is compared with.
import { once } from 'node:events'
import { WebSocketServer } from './packages.mjs'

const BLOCK = 2 ** 20

/** Seconds that the browser takes to write `size` bytes into IndexedDB, 16 blocks of 1 MiB in a transaction. */
export function rawIndexedDb(page, size) {
  return page.evaluate(async ([size, BLOCK]) => {
    const name = `raw-${crypto.randomUUID()}`
    const asked = request => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('blocks')
    const database = await asked(opening)
    const block = new Uint8Array(BLOCK)
    for (let at = 0; at < BLOCK; at += 65536) crypto.getRandomValues(block.subarray(at, at + 65536))
    const start = performance.now()
    for (let at = 0; at < size / BLOCK; at += 16) {
      const last = at + 16 >= size / BLOCK
      const transaction = database.transaction('blocks', 'readwrite', { durability: last ? 'strict' : 'relaxed' })
      const store = transaction.objectStore('blocks')
      for (let i = at; i < Math.min(at + 16, size / BLOCK); i++) store.put(block.slice(), i)
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve
        transaction.onabort = () => reject(transaction.error)
      })
    }
    const seconds = (performance.now() - start) / 1000
    database.close()
    await asked(indexedDB.deleteDatabase(name))
    return seconds
  }, [size, BLOCK])
}

/** A server that sends and takes bytes over a bare WebSocket, and says when it has all. */
export async function rawServer() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: 4 * BLOCK })
  await once(server, 'listening')
  server.on('connection', (socket, request) => {
    const size = Number(new URL(request.url, 'ws://localhost').searchParams.get('size'))
    if (request.url.startsWith('/down')) {
      const block = Buffer.alloc(65536, 7)
      for (let at = 0; at < size; at += block.length) socket.send(block)
      return
    }
    let left = size
    socket.on('message', data => {
      left -= data.length
      if (left <= 0) socket.send('all')
    })
  })
  return { url: `ws://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** Seconds that a bare WebSocket takes for `size` bytes, `up` or `down`. */
export function rawWebSocket(page, url, direction, size) {
  return page.evaluate(async ([url, direction, size]) => {
    const socket = new WebSocket(`${url}/${direction}?size=${size}`)
    socket.binaryType = 'arraybuffer'
    let left = size
    const done = new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error('the bare WebSocket failed'))
      socket.onmessage = ({ data }) => {
        left -= direction === 'down' ? data.byteLength : size
        if (left <= 0) resolve()
      }
    })
    const start = performance.now()
    await new Promise(resolve => { socket.onopen = resolve })
    if (direction === 'up') {
      const block = new Uint8Array(65536)
      for (let at = 0; at < size; at += block.length) socket.send(block)
    }
    await done
    socket.close()
    return (performance.now() - start) / 1000
  }, [url, direction, size])
}
