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
