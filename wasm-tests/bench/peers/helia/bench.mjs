// Helia: UnixFS with its defaults (1 MiB chunks, raw leaves), blocks in IndexedDB, Bitswap.
import { AT_ONCE, SIZE, SMALL, SMALL_FILES } from '../sizes.mjs'

export async function measure(here, note) {
  const relay = await here.service('lib/relay.mjs')
  const url = `helia/?relay=${encodeURIComponent(relay.address)}`
  const anna = await here.open(url)
  const film = await anna.evaluate(size => bench.add(size), SIZE)
  const folder = await anna.evaluate(args => bench.addMany(...args), [SMALL_FILES, SMALL])
  for (const way of ['direct', 'relay']) {
    const ben = await here.open(url)
    const address = await anna.evaluate(way => bench.address(way), way)
    note(`${way} connect`, await ben.evaluate(address => bench.dial(address), address))
    const many = await ben.evaluate(args => bench.fetchMany(...args), [folder, AT_ONCE])
    if (many.bytes !== SMALL_FILES * SMALL) throw new Error(`${many.bytes} bytes of small files came`)
    note(`${way} small`, many.all)
    const spent = await here.windowTime(ben)
    const { first, all } = await ben.evaluate(cid => bench.fetch(cid), film.cid)
    note(`${way} window`, await spent())
    if ((await ben.evaluate(() => bench.digest())) !== film.digest) throw new Error('other bytes came than were added')
    note(`${way} first`, first)
    note(`${way} film`, all)
    await here.leave(ben)
  }
}
