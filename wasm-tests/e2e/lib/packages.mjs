// The page's npm packages, which have the only lock file.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(new URL('../../../www/package.json', import.meta.url))

export const { chromium } = require('playwright-core')
export const axeSource = () => require.resolve('axe-core/axe.min.js')

/** The page's modules as Node can run them: those that ask nothing of a browser. */
export async function source() {
  const root = fileURLToPath(new URL('../../../www', import.meta.url))
  const { createServer } = await import(pathToFileURL(join(dirname(require.resolve('vite/package.json')), 'dist/node/index.js')))
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'error',
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
  })
  return { module: path => server.ssrLoadModule(`/${path}`), close: () => server.close() }
}
