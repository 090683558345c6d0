// A page that knows IPFS and not Spinney, at an origin of its own: see `../ipfs`.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { after, before } from 'node:test'
import { bundle } from './packages.mjs'
import { root } from './place.mjs'

const BUILT = path.join(root, 'target/ipfs-page')
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' }

/** Bundles the page and serves it, for the tests of one file. */
export function heliaPage() {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : path.basename(request.url)
    readFile(path.join(BUILT, name)).then(bytes => {
      response.setHeader('content-type', TYPES[path.extname(name)])
      response.end(bytes)
    }, () => {
      response.statusCode = 404
      response.end()
    })
  })

  before(async () => {
    await bundle(path.join(root, 'wasm-tests/e2e/ipfs'), BUILT)
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  })

  after(() => {
    server.closeAllConnections()
    server.close()
  })

  return {
    /** Opens it in a tab of somebody's browser; gives how to call its functions. */
    async open(browser) {
      const page = await browser.tab(`http://localhost:${server.address().port}/`)
      await page.waitForFunction(() => globalThis.ipfs)
      return (name, ...given) => page.evaluate(([name, given]) => globalThis.ipfs[name](...given), [name, given])
    },
  }
}
