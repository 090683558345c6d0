// The pages of the peers: bundled as for shipping, and served with the other end of the bare WebSocket.
import { readFile, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:http'
import path from 'node:path'
import { vite } from '../../../e2e/lib/packages.mjs'
import { root } from '../../../e2e/lib/place.mjs'
import { WebSocketServer } from '../../packages.mjs'

const BUILT = path.join(root, 'target/bench-peers')
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' }
/** Bytes in a socket at which its sender waits, and at which it goes on. */
const MARK = 4 * 2 ** 20
const LOW = 2 ** 20

/** Bundles `page.js` of a peer, minified. */
export async function bundlePage(peer) {
  const { build } = await vite()
  const outDir = path.join(BUILT, peer)
  await build({
    configFile: false,
    root: path.join(import.meta.dirname, '..', peer),
    logLevel: 'error',
    // Packages written for Node.js say `global`.
    define: { global: 'globalThis', 'process.env.NODE_DEBUG': '""' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: { input: 'page.js', output: { entryFileNames: 'page.js' } },
    },
  })
  const page = `<!doctype html><title>${peer}</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>`
  await writeFile(path.join(outDir, 'index.html'), page)
}

/** Serves the bundled pages, each below its peer's name, and joins two bare WebSockets that connect to `/relay`. */
export async function servePages() {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const file = path.join(BUILT, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    const body = await readFile(file).catch(() => undefined)
    response.writeHead(body ? 200 : 404, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' })
    response.end(body)
  })
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  let waiting
  sockets.on('connection', socket => {
    if (!waiting) {
      waiting = socket
      return
    }
    const pair = [waiting, socket]
    waiting = undefined
    pass(...pair)
    pass(...pair.reverse())
    for (const each of pair) each.send('joined')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${server.address().port}/`,
    close() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
}

/** Forwards every message, and makes the sender wait while the receiver's socket is full. */
function pass(from, to) {
  from.on('message', (data, binary) => {
    to.send(data, { binary }, () => from.isPaused && to.bufferedAmount < LOW && from.resume())
    if (to.bufferedAmount > MARK) from.pause()
  })
  from.on('close', () => to.close())
}
