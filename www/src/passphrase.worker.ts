/** Derives the key of one passphrase, while the engine's worker goes on. That worker ends this one with the answer. */

import type { Answer, Order } from './passphrase.job'
import init, { deriveKey } from './wasm/spinney'

const scope = self as unknown as DedicatedWorkerGlobalScope

scope.onmessage = async ({ data }: MessageEvent<Order>) => scope.postMessage(await derive(data))

async function derive({ code, passphrase, salt, m, t, p }: Order): Promise<Answer> {
  try {
    await init({ module_or_path: code })
    return { key: deriveKey(passphrase, salt, m, t, p) }
  } catch (why) {
    return why === 'memory' || why === 'params' ? { refused: why } : { failed: String(why) }
  }
}
