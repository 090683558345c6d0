// Finds the tab that leads by asking every tab. Nothing has to be remembered for that.

import { attach, SILENCE_MS } from '../engine/attach'
import { Client } from '../engine/client'
import { failure, moved } from '../engine/error'
import type { Attach, Greeting, WhoLeads } from '../engine/protocol'
import { lockName, Tabs } from '../engine/tabs'
import { isOwnPage } from './own-page'

declare const self: ServiceWorkerGlobalScope

/** Passes a port on to the window that leads. */
export async function passOn(ask: Attach, port: MessagePort): Promise<void> {
  const { held } = await self.navigator.locks.query()
  if (held?.some(lock => lock.name === lockName(ask.attach))) (await leaderOf(ask.attach))?.postMessage(ask, [port])
  else port.postMessage({ nobody: true } satisfies Greeting)
}

/**
 * The window of ours that says that it leads; undefined if it is silent for as long as anybody waits for it. Waiting
 * longer would keep a newer service worker from taking over. (A lock's `clientId` is none of these ids.)
 */
async function leaderOf(namespace: string): Promise<WindowClient | undefined> {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const windows = all.filter(window => isOwnPage(window, self.registration.scope))
  return new Promise(resolve => {
    setTimeout(() => resolve(undefined), SILENCE_MS)
    for (const window of windows) {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve(window)
      window.postMessage({ whoLeads: namespace } satisfies WhoLeads, [port2])
    }
  })
}

/** The connections of this worker's present life, by namespace. */
const connections = new Map<string, Promise<Client>>()

/** A connection to the engine of that namespace; `unreachable` where no tab runs one. */
export function connect(namespace: string): Promise<Client> {
  const known = connections.get(namespace)
  if (known) return known
  const forget = () => connections.delete(namespace)
  const connection = dial(namespace, forget)
  connections.set(namespace, connection)
  connection.catch(forget)
  return connection
}

async function dial(namespace: string, forget: () => void): Promise<Client> {
  const answer = await attach(namespace, (ask, port) => void passOn(ask, port))
  if (answer.kind !== 'attached') throw failure('unreachable', 'no tab runs Spinney now')
  const client = new Client(answer.port)
  const tabs = new Tabs(namespace)
  const drop = () => {
    tabs.close()
    forget()
    client.end(moved())
  }
  answer.port.addEventListener('close', drop)
  tabs.listen(word => {
    if (('leads' in word && word.leads !== answer.engine) || 'stopped' in word) drop()
  })
  return client
}
