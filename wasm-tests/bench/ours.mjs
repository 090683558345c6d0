// What Spinney does, measured through its typed API in a person's page. Times are seconds.

/**
 * Shares files from the disk. Measures the time until they are stored, and from then until the relay has acknowledged
 * them.
 */
export async function share(person, { title, paths, contact }) {
  const input = await person.page.evaluateHandle(() => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    return input
  })
  await input.setInputFiles(paths)
  try {
    return await person.api(async ({ spinney, input, title, contact }) => {
      const files = [...input.files].map(file => ({ path: file.name, file }))
      const audience = contact ? { kind: 'contacts', ids: [contact] } : { kind: 'self' }
      const relays = (await spinney.network.status()).relays.length
      const events = spinney.events()
      const start = performance.now()
      const { id } = await spinney.shares.create({ title, files, audience })
      const stored = performance.now()
      for await (const event of events) {
        if (relays === 0) break
        if (event.type !== 'transfer' || event.share !== id || event.direction !== 'up') continue
        if (event.state === 'failed') throw new Error(event.error?.message)
        if (event.state === 'done') break
      }
      const pushed = performance.now()
      return { id, add: (stored - start) / 1000, push: (pushed - stored) / 1000 }
    }, { input, title, contact })
  } finally {
    await input.dispose()
  }
}

/** Fetches all of a friend's share, once it is known here, and measures the time. */
export function fetchAll(person, share) {
  return person.api(async ({ spinney, share }) => {
    const events = spinney.events()[Symbol.asyncIterator]()
    while (!(await spinney.shares.list()).some(({ id }) => id === share)) await events.next()
    const start = performance.now()
    const transfer = await spinney.shares.download(share)
    for (;;) {
      const { value: event } = await events.next()
      if (event.type !== 'transfer' || event.id !== transfer) continue
      if (event.state === 'failed') throw new Error(event.error?.message)
      if (event.state === 'done') break
    }
    await events.return()
    return (performance.now() - start) / 1000
  }, { share })
}

/** Runs something while a person's profile is locked, so that their browser takes no part. */
export async function whileLocked(person, work) {
  const id = await person.id()
  await person.api(({ spinney }) => spinney.profiles.lock())
  const done = await work()
  await person.api(({ spinney, id, passphrase }) => spinney.profiles.unlock(id, passphrase), { id, passphrase: person.passphrase })
  await person.connected()
  return done
}

/**
 * Shares one small file: seconds from the author's call to the relay's acknowledgement, and to the title on a
 * friend's open page.
 */
export async function news(author, friend, { path, contact }) {
  const title = `News ${crypto.randomUUID()}`
  const shown = shows(friend, title)
  const { add, push } = await share(author, { title, paths: [path], contact })
  const done = await author.page.evaluate(() => Date.now())
  return { kept: add + push, shown: ((await shown) - done) / 1000 + add + push }
}

/** Links a new browser with the code and the words of a person's browser: seconds from the code to their friends there. */
export async function link(person, again) {
  const code = await person.api(async ({ spinney, passphrase }) => (await spinney.devices.code(passphrase)).code, {
    passphrase: person.passphrase,
  })
  const start = performance.now()
  const words = await again.api(({ spinney, code, passphrase }) => new Promise((resolve, reject) => {
    const follow = async () => {
      for await (const event of spinney.events()) {
        if (event.type === 'device-words') resolve(event.words)
        if (event.type === 'device-identity') return spinney.devices.accept()
      }
    }
    follow().catch(reject)
    window.linking = spinney.devices.join(code, { name: 'Another', passphrase })
    window.linking.catch(reject)
  }), { code, passphrase: again.passphrase })
  await person.api(({ spinney, words }) => spinney.devices.approve(words), { words })
  await again.page.evaluate(() => window.linking.then(() => undefined))
  return (performance.now() - start) / 1000
}

/** Names a contact in one browser of a person: seconds until another one hears of it. */
export async function seen(one, other, { contact, name }) {
  const heard = other.api(async ({ spinney, contact, name }) => {
    const events = spinney.events()
    const known = await spinney.contacts.list()
    if (known.some(({ id, petname }) => id === contact && petname === name)) return Date.now()
    for await (const event of events) {
      if (event.type === 'contact' && event.contact.id === contact && event.contact.petname === name) return Date.now()
    }
  }, { contact, name })
  const start = await one.api(async ({ spinney, contact, name }) => {
    const start = Date.now()
    await spinney.contacts.rename(contact, name)
    return start
  }, { contact, name })
  return ((await heard) - start) / 1000
}

/** When the page shows a text, in milliseconds since 1970. It may show it later than the call. */
function shows(person, text) {
  return person.page.evaluate(text => new Promise(resolve => {
    const look = () => {
      if (!document.body.innerText.includes(text)) return
      watching.disconnect()
      requestAnimationFrame(() => resolve(Date.now()))
    }
    const watching = new MutationObserver(look)
    watching.observe(document.body, { subtree: true, childList: true, characterData: true })
    look()
  }), text)
}

/** Unlocks several times, and measures each. */
export async function unlocks(person, rounds) {
  const seconds = await person.api(async ({ spinney, passphrase, rounds }) => {
    const { id } = await spinney.profiles.current()
    const taken = []
    for (let i = 0; i < rounds; i++) {
      await spinney.profiles.lock()
      const start = performance.now()
      await spinney.profiles.unlock(id, passphrase)
      taken.push((performance.now() - start) / 1000)
    }
    return taken
  }, { passphrase: person.passphrase, rounds })
  await person.connected()
  return seconds
}

/**
 * Keeps a folder of this many files in step, and measures how long it takes to know that none changed, and until one that
 * changed is in the share.
 */
export function inStep(person, files, rounds) {
  return person.api(async ({ spinney, files, rounds }) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('step', { create: true })
    const write = async (number, text) => {
      const parent = await folder.getDirectoryHandle(`${number % 100}`, { create: true })
      const stream = await (await parent.getFileHandle(`${number}.txt`, { create: true })).createWritable()
      await stream.write(text)
      await stream.close()
    }
    for (let number = 0; number < files; number++) await write(number, `file ${number}`)
    const { id, share } = await spinney.folders.bind(folder)
    await spinney.folders.scan(id)
    // What was written just before it was read is read once more.
    await new Promise(resolve => setTimeout(resolve, 3_000))
    await spinney.folders.scan(id)
    const [unchanged, changed] = [[], []]
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      await spinney.folders.scan(id)
      const known = performance.now()
      await write(round, `changed ${round}`)
      const written = performance.now()
      await spinney.folders.scan(id)
      const [file] = await spinney.shares.files(share, { paths: [`${round % 100}/${round}.txt`] })
      if (file.size !== `changed ${round}`.length) throw new Error('the changed file is not in the share')
      unchanged.push((known - start) / 1000)
      changed.push((performance.now() - written) / 1000)
      // Otherwise the next round reads this file again.
      await new Promise(resolve => setTimeout(resolve, 3_000))
      await spinney.folders.scan(id)
    }
    await spinney.folders.unbind(id)
    return { unchanged, changed }
  }, { files, rounds })
}
