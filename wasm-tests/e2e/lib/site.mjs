// A web server that hosts the built page like any host: a static folder, at any path.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { root } from './place.mjs'

export const DIST = path.join(root, 'www/dist')

const TYPES = {
  '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json',
}

/**
 * Serves the page below `at` with this in its configuration. Each folder of `beside` is served
 * from the path given; `dist` says where the page itself is now. `others` are texts of the same origin by their path. Files whose name matches `without` are
 * missing.
 *
 * Returns the page's address, how often a missing file was asked for, and `close`.
 */
export async function site({ at = '/', port = 0, beside = {}, others = {}, dist = () => DIST, without, ...config }) {
  let missed = 0
  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.statusCode = 404
      response.end()
    })
  })
  async function answer(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (Object.hasOwn(others, pathname)) {
      response.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'text/html')
      response.end(others[pathname])
      return
    }
    if (!pathname.startsWith(at)) throw new Error('outside of the page')
    const name = decodeURIComponent(pathname.slice(at.length)).replace(/(^|\/)$/, '$1index.html')
    response.setHeader('content-type', TYPES[path.extname(name)] ?? 'application/octet-stream')
    response.setHeader('cache-control', 'no-cache')
    if (name === 'config.json') {
      response.end(JSON.stringify(config))
      return
    }
    if (without?.test(name)) {
      missed += 1
      throw new Error('missing')
    }
    const [first, ...rest] = name.split('/')
    const isBeside = Object.hasOwn(beside, first)
    const folder = isBeside ? beside[first] : dist()
    const file = isBeside ? path.join(folder, ...rest) : path.join(folder, name)
    if (!file.startsWith(folder) || !(await stat(file)).isFile()) throw new Error('not a file of the page')
    createReadStream(file).pipe(response)
  }
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${server.address().port}${at}`,
    port: server.address().port,
    missed: () => missed,
    close() {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
}
