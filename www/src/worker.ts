// The engine's worker: loads the wasm, opens the engine and hands it the ports that the window passes on.

import { Client } from './engine/client'
import { Directories } from './engine/directories'
import { DirectoryChanges } from './engine/directory-changes'
import type { Bequest, Failure, FromWorker, ToWorker } from './engine/protocol'
import type { Job, Order } from './passphrase.job'
import init, { Host } from './wasm/spinney'
import wasm from './wasm/spinney_bg.wasm?url'

declare const self: DedicatedWorkerGlobalScope

/** How often the clock is looked at, and how late that may come before the machine must have slept. */
const TICK_MS = 5_000
const SLEPT_MS = 3 * TICK_MS

let host: Promise<Host> | undefined
/** What the engine before this one handed on. */
let inherited: { port: MessagePort; key: CryptoKey | null } | undefined

self.onmessage = async ({ data, ports }: MessageEvent<ToWorker>) => {
  if ('open' in data) {
    host = open(data.open.namespace, data.open.relays, ports[0])
    host.then(watchClock, () => {})
    host.then(
      () => tell({ opened: true }),
      (failed: Failure) => tell({ failed }),
    )
  } else if ('inherit' in data) {
    const [port] = ports
    if (port) inherit(port)
  } else {
    for (const port of ports) (await host)?.attach(port)
  }
}

function inherit(port: MessagePort): void {
  const held = { port, key: null as CryptoKey | null }
  inherited = held
  port.onmessage = ({ data }: MessageEvent<Bequest>) => {
    held.key = data.key
  }
}

async function open(namespace: string, relays: readonly string[], rtc: MessagePort | undefined): Promise<Host> {
  const code = await compiled()
  await init({ module_or_path: code })
  const config = { namespace, relays, onLoopback: isLoopback(self.location.hostname) }
  const startPassphraseWorker = (job: Job) => {
    const worker = new Worker(new URL('./passphrase.worker.ts', import.meta.url), { type: 'module', name: 'passphrase' })
    worker.postMessage({ ...job, code } satisfies Order)
    return worker
  }
  const key = inherited?.key ?? undefined
  inherited?.port.close()
  inherited = undefined
  return Host.open(
    config,
    rtc,
    key,
    startPassphraseWorker,
    (why: string) => tell({ stopped: why }),
    () => tell({ locked: true }),
    new Directories(namespace, new DirectoryChanges(id => void scan(id).catch(() => {}))), // the folder says why
  )
}

/** Asks the engine as a page does. */
let client: Client | undefined

/** Has the engine look at a folder in which something changed. */
async function scan(id: string): Promise<void> {
  if (!client) {
    const { port1, port2 } = new MessageChannel()
    client = new Client(port1)
    ;(await host)?.attach(port2)
  }
  await client.call('folders.scan', [id])
}

/** Loads the code, which workers that this one starts get without loading it. */
async function compiled(): Promise<WebAssembly.Module> {
  const response = await fetch(wasm)
  // Browsers compile while they load only what a server names rightly.
  const isNamed = response.headers.get('content-type')?.toLowerCase() === 'application/wasm'
  return isNamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer())
}

/** A machine that slept has connections that look open and are not. */
function watchClock(host: Host): void {
  let last = Date.now()
  setInterval(() => {
    const now = Date.now()
    if (now - last > SLEPT_MS) void host.probe()
    last = now
  }, TICK_MS)
}

const isLoopback = (hostname: string) => hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'

const tell = (message: FromWorker) => self.postMessage(message)
