// What a window does without a library: a bare data channel, the shortest honest transfer of a file over one, and a
// bare WebSocket through a relay. Times are milliseconds.
import { random } from '../lib/random.js'

const MESSAGE = 65_536
/** Bytes in a channel or socket at which the sender waits. */
const CHANNEL_MARK = 2 ** 20
const SOCKET_MARK = 4 * 2 ** 20
/** The size of a piece that is sealed, hashed and stored, and how many pieces go into one transaction. */
const CHUNK = 262_144
const TAG = 16
const TOGETHER = 16

const connection = new RTCPeerConnection()
const { promise: channel, resolve: hasChannel } = Promise.withResolvers()
connection.ondatachannel = event => hasChannel(event.channel)
const gathered = () => new Promise(resolve => {
  const look = () => connection.iceGatheringState === 'complete' && resolve(connection.localDescription)
  connection.onicegatheringstatechange = look
  look()
})
const isOpen = channel => new Promise(resolve => {
  if (channel.readyState === 'open') resolve()
  else channel.onopen = resolve
})

/** Messages that arrive. One call starts to listen and another waits, so that nothing is sent before somebody listens. */
let arriving

/** Listens until `last` says that a message is the last one. Returns the time since the first message. */
function listen(target, last) {
  arriving = new Promise((resolve, reject) => {
    let start
    target.onmessage = async ({ data }) => {
      start ??= performance.now()
      try {
        if (await last(data)) resolve(performance.now() - start)
      } catch (error) {
        reject(error)
      }
    }
  })
  arriving.catch(() => {})
}

function counted(size) {
  let left = size
  return ({ byteLength }) => (left -= byteLength) <= 0
}

async function push(channel, bytes) {
  while (channel.bufferedAmount + bytes.length > CHANNEL_MARK) {
    await new Promise(resolve => { channel.onbufferedamountlow = resolve })
  }
  channel.send(bytes)
}

async function openStore(name) {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('chunks')
  return new Promise((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
}

/** Receives sealed chunks: joins their messages, hashes and stores them. */
async function store(size) {
  const database = await openStore(crypto.randomUUID())
  const count = size / CHUNK
  let gathering = new Uint8Array(CHUNK + TAG)
  let filled = 0
  let hashed = 0
  let ready = []
  const writes = []
  return async data => {
    gathering.set(new Uint8Array(data), filled)
    filled += data.byteLength
    if (filled < CHUNK + TAG) return false
    const chunk = gathering
    gathering = new Uint8Array(CHUNK + TAG)
    filled = 0
    ready.push([await crypto.subtle.digest('SHA-256', chunk), chunk])
    hashed += 1
    if (hashed % TOGETHER === 0 || hashed === count) {
      const transaction = database.transaction('chunks', 'readwrite', { durability: 'relaxed' })
      for (const [hash, chunk] of ready) transaction.objectStore('chunks').put(chunk, hash)
      ready = []
      transaction.commit()
      writes.push(new Promise((resolve, reject) => {
        transaction.oncomplete = resolve
        transaction.onabort = () => reject(transaction.error)
      }))
    }
    if (hashed < count) return false
    await Promise.all(writes)
    database.close()
    indexedDB.deleteDatabase(database.name)
    return true
  }
}

let socket

globalThis.bench = {
  arrived: () => arriving,

  async offer() {
    const made = connection.createDataChannel('bench')
    hasChannel(made)
    await connection.setLocalDescription()
    return (await gathered()).sdp
  },
  async answer(sdp) {
    await connection.setRemoteDescription({ type: 'offer', sdp })
    await connection.setLocalDescription()
    return (await gathered()).sdp
  },
  async accept(sdp) {
    await connection.setRemoteDescription({ type: 'answer', sdp })
    await bench.opened()
  },
  async opened() {
    const opening = await channel
    opening.binaryType = 'arraybuffer'
    opening.bufferedAmountLowThreshold = CHANNEL_MARK / 4
    await isOpen(opening)
  },

  async receive(size) {
    listen(await channel, counted(size))
  },
  async send(size) {
    const bytes = random(MESSAGE)
    for (let sent = 0; sent < size; sent += MESSAGE) await push(await channel, bytes)
  },

  async receiveSealed(size) {
    listen(await channel, await store(size))
  },
  async sendSealed(size) {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])
    const chunk = random(CHUNK)
    const iv = new Uint8Array(12)
    for (let at = 0; at < size; at += CHUNK) {
      new DataView(iv.buffer).setUint32(0, at / CHUNK)
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, chunk))
      for (let i = 0; i < sealed.length; i += MESSAGE) await push(await channel, sealed.subarray(i, i + MESSAGE))
    }
  },

  /** Connects to the relay, and waits for the other peer. */
  async join() {
    socket = new WebSocket(`${location.origin.replace('http', 'ws')}/relay`)
    socket.binaryType = 'arraybuffer'
    await new Promise((resolve, reject) => {
      socket.onmessage = resolve
      socket.onerror = () => reject(new Error('the bare WebSocket was not opened'))
    })
  },
  receiveRelayed(size) {
    listen(socket, counted(size))
  },
  async sendRelayed(size) {
    const bytes = random(MESSAGE)
    for (let sent = 0; sent < size; sent += MESSAGE) {
      while (socket.bufferedAmount > SOCKET_MARK) await new Promise(resolve => setTimeout(resolve, 1))
      socket.send(bytes)
    }
  },
}
