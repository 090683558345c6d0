// The built files of the page, and nothing else.

declare const self: ServiceWorkerGlobalScope

const NAME = `spinney-shell-${__BUILD__}`
/** What the host may change at any time without a build; the kept copy is for when the host cannot be reached. */
const CONFIG = 'config.json'

const scoped = (file: string) => new URL(file === 'index.html' ? '.' : file, self.registration.scope).href
const assets = __ASSETS__.map(scoped)
const languages = __LANGUAGES__.map(scoped)
const files = new Set([...assets, ...languages])

/** Fetches what the build consists of. A file that cannot be had now is fetched when it is needed. */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(NAME)
  const read = await languagesRead()
  await Promise.allSettled([...assets, ...read].map(url => cache.add(new Request(url, { cache: 'no-cache' }))))
}

/**
 * The languages that are read here: that of the browser, which the first page loaded before there was a worker, and those that
 * pages of the build before have loaded.
 */
async function languagesRead(): Promise<string[]> {
  const read = new Set([self.navigator.language.split('-')[0]])
  for (const name of await shells()) {
    const requests = await (await caches.open(name)).keys()
    for (const { url } of requests) read.add(nameOf(url))
  }
  return languages.filter(url => read.has(nameOf(url)))
}

/** "…/assets/de-0a1B2c3D.js" → "de" */
const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1).replace(/-[\w-]{8}\.js$/, '')

/** The names of the caches of all builds, in the order in which they were made. */
const shells = async (): Promise<string[]> => (await caches.keys()).filter(name => name.startsWith('spinney-shell-'))

/** Deletes the files of other builds, but for the build before: its pages may be open, and load parts of themselves later. */
export async function dropOldShells(): Promise<void> {
  const old = (await shells()).filter(name => name !== NAME)
  await Promise.all(old.slice(0, -1).map(name => caches.delete(name)))
}

/** The answer to a request for a built file; undefined for any other. */
export function shell(request: Request): Promise<Response> | undefined {
  if (request.method !== 'GET') return undefined
  const url = new URL(request.url)
  url.search = ''
  url.hash = ''
  if (url.href === new URL('index.html', self.registration.scope).href) url.href = scoped('index.html')
  if (!files.has(url.href)) return url.href.startsWith(scoped('assets/')) ? loadedLater(request, url.href) : undefined
  return url.href === scoped(CONFIG) ? fresh(request, url.href) : kept(request, url.href)
}

async function kept(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(NAME)
  const hit = await cache.match(url)
  if (hit) return hit
  // Not there yet, or the person has cleared what this browser keeps.
  const response = await fetch(request)
  if (response.ok) await cache.put(url, response.clone()).catch(() => {})
  return response
}

/**
 * What is loaded on demand, as the decoder of HEIC: kept once it was used. Or a part of the build before, for its page that is
 * still open: the host may not have it any more.
 */
const loadedLater = async (request: Request, url: string): Promise<Response> => (await caches.match(url)) ?? kept(request, url)

async function fresh(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(NAME)
  const response = await fetch(request).catch(() => Response.error())
  // A full disk keeps no copy, and is no reason to have nothing.
  if (response.ok) await cache.put(url, response.clone()).catch(() => {})
  return response.ok ? response : ((await cache.match(url)) ?? response)
}
