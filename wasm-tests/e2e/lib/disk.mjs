// A browser's disk, as slow or as full as a test wants it. The browser itself is asked for all of it, through any
// page of the origin.

/**
 * Lets the engine store so many more bytes of blocks, and then nothing until `release` of the result is called or the
 * page is gone. `reached` of the result waits until it holds.
 *
 * Every commit of the engine writes its counters, and IndexedDB runs transactions on one store in turn. So a
 * transaction of ours waits in that queue, reads, and queues again while there is too little.
 */
export async function holdWrites(page, bytes) {
  const held = await page.evaluateHandle(async bytes => {
    const names = (await indexedDB.databases()).map(({ name }) => name)
    const opening = indexedDB.open(names.find(name => name.includes('/k51')))
    const database = await new Promise((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    return new Promise(resolve => {
      const { promise: reached, resolve: reach } = Promise.withResolvers()
      let before
      let released = false
      const stand = () => {
        const counters = database.transaction('counters', 'readwrite').objectStore('counters')
        const look = ({ target }) => {
          const used = target.result ?? 0
          if (before === undefined) resolve({ reached, release: () => { released = true } })
          before ??= used
          if (released) database.close()
          else if (used - before < bytes) stand()
          else {
            reach()
            counters.get('used').onsuccess = look
          }
        }
        counters.get('used').onsuccess = look
      }
      stand()
    })
  }, bytes)
  return {
    reached: () => held.evaluate(({ reached }) => reached),
    release: () => held.evaluate(({ release }) => release()),
  }
}

/**
 * Makes the browser notice that the disk, which had at most so many bytes, is full.
 *
 * For 30 seconds Chromium trusts the room that it found last, unless a transaction asks for more.
 */
export function refuseWrites(page, bytes) {
  return page.evaluate(async bytes => {
    const PIECE = 32 * 1024 // larger values are files of their own, which are not counted beforehand
    const settled = (target, done) => new Promise((resolve, reject) => {
      target[done] = () => resolve(target.result)
      target.onabort = target.onerror = () => reject(target.error)
    })
    const opening = indexedDB.open('too-much')
    opening.onupgradeneeded = () => opening.result.createObjectStore('pieces')
    const database = await settled(opening, 'onsuccess').catch(({ name }) => name)
    if (database === 'QuotaExceededError') return
    const transaction = database.transaction('pieces', 'readwrite')
    for (let at = 0; at <= bytes; at += PIECE) transaction.objectStore('pieces').put(new Uint8Array(PIECE), at)
    const outcome = await settled(transaction, 'oncomplete').catch(({ name }) => name)
    database.close()
    await settled(indexedDB.deleteDatabase('too-much'), 'onsuccess')
    if (outcome !== 'QuotaExceededError') throw new Error('the disk is not full')
  }, bytes)
}
