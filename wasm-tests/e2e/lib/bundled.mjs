// Pages that belong to the tests, with packages that our page does not have. Each is a folder beside this one, at its
// own origin.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { after, before } from 'node:test'
import { bundle } from './packages.mjs'
import { root } from './place.mjs'

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm' }

/** Bundles the page in a folder and serves it, for the tests of one file. */
export function bundled(name) {
  const built = path.join(root, 'target', `${name}-page`)
  const server = createServer((request, response) => {
    const file = request.url === '/' ? 'index.html' : path.basename(request.url)
    readFile(path.join(built, file)).then(bytes => {
      response.setHeader('content-type', TYPES[path.extname(file)])
      response.end(bytes)
    }, () => {
      response.statusCode = 404
      response.end()
    })
  })

  before(async () => {
    await bundle(path.join(root, 'wasm-tests/e2e', name), built)
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  })

  after(() => {
    server.closeAllConnections()
    server.close()
  })

  return {
    /** Opens it in a tab of a person's browser, when its functions can be called. */
    async open(browser, hash = '') {
      const page = await browser.tab(`http://localhost:${server.address().port}/${hash}`)
      await page.waitForFunction(() => globalThis.isReady)
      return page
    },
  }
}

/** Makes callable the functions that a page or worker has in this global object. */
export function caller(target, global) {
  return (name, ...given) => target.evaluate(([global, name, given]) => globalThis[global][name](...given), [global, name, given])
}
