// The built files of the page, and nothing else.

declare const self: ServiceWorkerGlobalScope

const NAME = `spinney-shell-${__BUILD__}`
/** What the host may change at any time without a build; the kept copy is for when the host cannot be reached. */
const CONFIG = 'config.json'

const scoped = (file: string) => new URL(file === 'index.html' ? '.' : file, self.registration.scope).href
const files = new Set(__ASSETS__.map(scoped))

/** Fetches what the build consists of. A file that cannot be had now is fetched when it is needed. */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(NAME)
  await Promise.allSettled([...files].map(url => cache.add(new Request(url, { cache: 'no-cache' }))))
}

/** Deletes the files of other builds, but for the build before: its pages may be open, and load parts of themselves later. */
export async function dropOldShells(): Promise<void> {
  const names = await caches.keys()
  const old = names.filter(name => name.startsWith('spinney-shell-') && name !== NAME)
  // In the order in which they were made.
  await Promise.all(old.slice(0, -1).map(name => caches.delete(name)))
}

/** The answer to a request for a built file; undefined for any other. */
export function shell(request: Request): Promise<Response> | undefined {
  if (request.method !== 'GET') return undefined
  const url = new URL(request.url)
  url.search = ''
  url.hash = ''
  if (url.href === new URL('index.html', self.registration.scope).href) url.href = scoped('index.html')
  if (!files.has(url.href)) return url.href.startsWith(scoped('assets/')) ? keptBefore(request, url.href) : undefined
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

/** A part of the build before, for its page that is still open: the host may not have it any more. */
async function keptBefore(request: Request, url: string): Promise<Response> {
  return (await caches.match(url)) ?? fetch(request)
}

async function fresh(request: Request, url: string): Promise<Response> {
  const cache = await caches.open(NAME)
  const response = await fetch(request).catch(() => Response.error())
  // A full disk keeps no copy, and is no reason to have nothing.
  if (response.ok) await cache.put(url, response.clone()).catch(() => {})
  return response.ok ? response : ((await cache.match(url)) ?? response)
}
