// The page's end of the events: what the engine sends reaches a reader whole, and the engine waits for a slow one.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { source } from './lib/packages.mjs'

let modules
let Client
let Feed

before(async () => {
  modules = await source()
  ;({ Client } = await modules.module('src/engine/client.ts'))
  ;({ Feed } = await modules.module('src/engine/feed.ts'))
})
after(async () => {
  // A port that a failed test left open would keep this process for ever.
  for (const port of ports) port.close()
  await modules.close()
})

const ports = []

const request = id => ({ type: 'request', id: `person ${id}`, name: `Person ${id}` })
const requests = (from, to) => Array.from({ length: to - from }, (_, at) => request(from + at))

/** A feed at one end of a port; `sent` resolves to what its other end hears next. */
function connected() {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  const heard = []
  let wake = () => {}
  port2.onmessage = ({ data }) => {
    heard.push(data)
    wake()
  }
  const sent = async () => {
    while (heard.length === 0) await new Promise(resolve => { wake = resolve })
    return heard.shift()
  }
  const client = new Client(port1)
  let unsubscribe = () => {}
  const feed = new Feed(() => unsubscribe())
  unsubscribe = client.subscribe(feed)
  return { client, feed, sent, heard, send: message => port2.postMessage(message), close: () => port2.close() }
}

const take = async (feed, n) => {
  const taken = []
  while (taken.length < n) taken.push((await feed.next()).value)
  return taken
}

test('a slow reader hears of every person who asks to be added', async () => {
  const { feed, sent, send, close } = connected()
  const { subscribe: number } = await sent()
  send({ feed: number, events: requests(0, 2_000) })
  assert.deepEqual(await take(feed, 2_000), requests(0, 2_000))
  close()
})

test('the engine is asked for more only when the reader has taken all of a batch', async () => {
  const { client, feed, sent, heard, send, close } = connected()
  const { subscribe: number } = await sent()
  send({ feed: number, events: requests(0, 3) })
  await take(feed, 2)
  // A call is heard after all that was sent before it.
  client.call('profiles.list', []).catch(() => {})
  assert.equal((await sent()).method, 'profiles.list')
  await take(feed, 1)
  assert.deepEqual(await sent(), { seen: number })
  assert.deepEqual(heard, [])
  close()
})

test('a reader that stops closes its queue, and another goes on', async () => {
  const { client, feed, sent, send, close } = connected()
  const { subscribe: first } = await sent()
  const other = new Feed(() => {})
  client.subscribe(other)
  const { subscribe: second } = await sent()
  assert.notEqual(first, second)
  await feed.return()
  assert.deepEqual(await sent(), { unsubscribe: first })
  send({ feed: first, events: requests(0, 1) })
  send({ feed: second, events: requests(1, 2) })
  assert.deepEqual(await take(other, 1), requests(1, 2))
  assert.deepEqual(await feed.next(), { value: undefined, done: true })
  close()
})
