// OrbitDB: a log of events. Another browser gets each entry as soon as it is written.
import { median, NEWS } from '../sizes.mjs'

export async function measure(here, note) {
  const relay = await here.service('lib/relay.mjs')
  const url = `orbitdb/?relay=${encodeURIComponent(relay.address)}`
  const anna = await here.open(url)
  const ben = await here.open(url)
  const log = await anna.evaluate(() => bench.create())
  note('direct connect', await ben.evaluate(address => bench.dial(address), await anna.evaluate(() => bench.address('direct'))))
  await ben.evaluate(log => bench.open(log), log)
  const taken = []
  for (let i = 0; i < NEWS; i++) {
    const { time, hash } = await anna.evaluate(() => bench.add())
    taken.push((await ben.evaluate(hash => bench.arrival(hash), hash)) - time)
  }
  note('direct news', median(taken))
}
