import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, resolve } from 'node:path'
import { build, type BuildEnvironmentOptions, defineConfig, type InlineConfig, type Plugin } from 'vite'
import { dictionaries } from './dictionaries.ts'
import { licences } from './licences.ts'
import { precompress } from './precompressed.ts'

const root = import.meta.dirname

/** The texts in one language. */
const LANGUAGE = /src\/strings\/[a-z]+\.ts$/

/** Names one build: pages of another one ask the leader to close (the first message of a port carries it). */
const id = sourceHash()
const buildConstant = { __BUILD__: JSON.stringify(id) }

export default defineConfig({
  root,
  base: './',
  define: buildConstant,
  build: {
    target: 'es2022',
    // The page's policy has no data: for scripts and styles, and small files cost nothing over one connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: join(root, 'index.html'), spinney: join(root, 'src/spinney.ts') },
      // spinney.js is a module for other pages too: its exports stay.
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: chunk => (chunk.name === 'spinney' ? 'spinney.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  worker: { format: 'es' },
  plugins: [dictionaries(), licences(), serviceWorker(), development()],
})

/** What a worker loads on demand, which few need: it is no part of what a page needs to start. */
const LATER = /^(assets\/(heif|libheif|pdf|pdf-core|jbig2|openjpeg)[.-]|licences\/)/

/**
 * Builds `sw.js` as one classic script after everything else, since it names every other file.
 *
 * `__ASSETS__` is the list of what a page needs to start, relative to `sw.js`, and `__LANGUAGES__` that
 * of the texts in other languages than English, of which it loads one.
 */
function serviceWorker(): Plugin {
  let outDir = ''
  let assets: string[] = []
  let languages: string[] = []
  return {
    name: 'spinney:service-worker',
    apply: 'build',
    configResolved(config) {
      outDir = config.build.outDir
    },
    writeBundle(_, bundle) {
      // What is imported on demand comes when it is asked for: the dictionary that judges passphrases is 1.6 MB.
      const built = Object.values(bundle).filter(file => !file.fileName.endsWith('.map'))
      const isLater = (file: (typeof built)[number]) => file.type === 'chunk' && file.isDynamicEntry
      const kept = built.filter(file => !isLater(file) && !LATER.test(file.fileName)).map(file => file.fileName)
      const isLanguage = (file: (typeof built)[number]) =>
        isLater(file) && LANGUAGE.test((file as { facadeModuleId?: string }).facadeModuleId ?? '')
      languages = built
        .filter(isLanguage)
        .map(file => file.fileName)
        .sort()
      // The system fetches the icons when the page is installed.
      const shown = walk('public').filter(name => !name.endsWith('.png'))
      assets = [...kept, ...shown.map(name => posix.relative('public', name))].sort()
    },
    async closeBundle() {
      await build(serviceWorkerBuild({ assets, languages }, { outDir, emptyOutDir: false }))
      // After everything else, and before anybody serves it.
      await precompress(resolve(root, outDir))
    },
  }
}

/**
 * What the page has besides a build, while `vite` serves its sources: a `config.json` that names the relay of
 * `cargo xtask dev`, `sw.js`, and a policy under which Vite may put styles and scripts into the page.
 */
function development(): Plugin {
  return {
    name: 'spinney:development',
    apply: 'serve',
    enforce: 'pre',
    // The page takes its folder from this address, which a build makes absolute.
    load(id) {
      if (id !== '/config.json?url') return
      return 'export default new URL("/config.json", self.location.href).href'
    },
    resolveId: id => (id === '/config.json?url' ? id : undefined),
    transformIndexHtml: html =>
      html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(/; require-trusted-types-for[^"]*/, ''),
    configureServer({ middlewares }) {
      const { SPINNEY_DEV_RELAYS: relays } = process.env
      middlewares.use((request, response, next) => {
        const [path, query] = (request.url ?? '').split('?')
        if (path === '/config.json' && query === undefined && relays !== undefined) {
          response.setHeader('content-type', 'application/json').end(`{"relays": ${relays}}`)
        } else if (path === '/sw.js') {
          serviceWorkerScript().then(script => response.setHeader('content-type', 'text/javascript').end(script), next)
        } else {
          next()
        }
      })
    },
  }
}

/** The text of `sw.js`, which keeps nothing. */
async function serviceWorkerScript(): Promise<string> {
  const [built] = [await build(serviceWorkerBuild({ assets: [], languages: [] }, { write: false }))].flat()
  if (!built || !('output' in built)) throw new Error('sw.js was not built')
  return built.output[0].code
}

/** How `sw.js` is built, which keeps `assets`, and of `languages` those that are read. */
const serviceWorkerBuild = (
  { assets, languages }: Record<'assets' | 'languages', readonly string[]>,
  output: BuildEnvironmentOptions,
): InlineConfig => ({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  define: { ...buildConstant, __ASSETS__: JSON.stringify(assets), __LANGUAGES__: JSON.stringify(languages) },
  build: {
    target: 'es2022',
    reportCompressedSize: false,
    lib: { entry: join(root, 'src/sw.ts'), formats: ['iife'], name: 'sw', fileName: () => 'sw.js' },
    ...output,
  },
})

/** SHA-256 over everything a build is made from, 16 hexadecimal digits of it. */
function sourceHash(): string {
  const hash = createHash('sha256')
  for (const file of [...walk('src'), ...walk('public'), 'index.html', 'vite.config.ts', 'package-lock.json']) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

function walk(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = posix.join(folder, entry.name)
      return entry.isDirectory() ? walk(path) : [path]
    })
}
