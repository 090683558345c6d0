// The page's npm packages, which have the only lock file.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(new URL('../../../www/package.json', import.meta.url))

export const { chromium } = require('playwright-core')
/** What drives an ordinary Firefox. Loaded only if a test needs it. */
export const puppeteer = async () => (await import(pathToFileURL(require.resolve('puppeteer-core')))).default
export const { encodeQR } = require('qr')
const { mnemonicToEntropy } = require('@scure/bip39')
const { wordlist } = require('@scure/bip39/wordlists/english.js')
/** The 32 bytes that recovery words encode. */
export const entropyOf = words => mnemonicToEntropy(words.join(' '), wordlist)
export const axeSource = () => require.resolve('axe-core/axe.min.js')

const www = fileURLToPath(new URL('../../../www', import.meta.url))
/** The page's bundler. */
export const vite = () => import(pathToFileURL(join(dirname(require.resolve('vite/package.json')), 'dist/node/index.js')))

/** The page's modules that Node can run, because they need nothing of a browser. */
export async function source() {
  const { createServer } = await vite()
  const server = await createServer({
    configFile: false,
    root: www,
    logLevel: 'error',
    server: { middlewareMode: true, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
  })
  return { module: path => server.ssrLoadModule(`/${path}`), close: () => server.close() }
}

/** Bundles another page, in `root`, with packages of the one npm lock. Everything goes beside its index. */
export async function bundle(root, outDir) {
  const { build } = await vite()
  const packages = {
    name: 'packages',
    enforce: 'pre',
    resolveId(id, from) {
      const isBare = !/^[./\0]/.test(id)
      return isBare && from?.startsWith(root) ? this.resolve(id, join(www, 'package.json'), { skipSelf: true }) : null
    },
  }
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'warn',
    plugins: [packages],
    worker: { format: 'es', plugins: () => [packages] },
    build: { outDir, assetsDir: '', emptyOutDir: true, target: 'es2022', minify: false, modulePreload: false, reportCompressedSize: false },
  })
}
