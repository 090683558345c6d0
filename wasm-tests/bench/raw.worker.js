// The bare measures, in a worker like Spinney's engine. Each answers with the seconds that it took.

const asked = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

const works = {
  async write(size, block, batch) {
    const name = `raw-${crypto.randomUUID()}`
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('blocks')
    const database = await asked(opening)
    // Each in its own memory, because the whole buffer behind a view would be stored.
    const blocks = Array.from({ length: Math.ceil(size / block) }, () => noise(block))
    const keys = blocks.map(() => crypto.getRandomValues(new Uint8Array(36)))
    const together = Math.ceil(batch / block)
    const start = performance.now()
    for (let at = 0; at < blocks.length; at += together) {
      const last = at + together >= blocks.length
      const transaction = database.transaction('blocks', 'readwrite', { durability: last ? 'strict' : 'relaxed' })
      const store = transaction.objectStore('blocks')
      for (let i = at; i < Math.min(at + together, blocks.length); i++) store.put(blocks[i], keys[i])
      transaction.commit()
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve
        transaction.onabort = () => reject(transaction.error)
      })
    }
    const taken = performance.now() - start
    database.close()
    await asked(indexedDB.deleteDatabase(name))
    return taken
  },

  async up(url, size, message, mark) {
    const socket = await open(url)
    const data = noise(message)
    const start = performance.now()
    const all = heard(socket, () => true)
    for (let sent = 0; sent < size; sent += message) {
      while (socket.bufferedAmount > mark) await new Promise(resolve => setTimeout(resolve, 1))
      socket.send(data)
    }
    await all
    socket.close()
    return performance.now() - start
  },

  async down(url, size) {
    const socket = await open(url)
    let left = size
    const start = performance.now()
    socket.send('go')
    await heard(socket, data => (left -= data.byteLength) <= 0)
    socket.close()
    return performance.now() - start
  },
}

function noise(size) {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

async function open(url) {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error('the bare WebSocket was not opened'))
  })
  return socket
}

/** Waits for the message that is the `last` one. */
function heard(socket, last) {
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => last(data) && resolve()
    socket.onclose = () => reject(new Error('the bare WebSocket was closed'))
  })
}

onmessage = async ({ data: { work, args } }) => {
  try {
    postMessage({ seconds: (await works[work](...args)) / 1000 })
  } catch (error) {
    postMessage({ error: String(error) })
  }
}
