// WebTorrent: its build for browsers, with its defaults (pieces in the origin's private files).
import { SIZE, SMALL, SMALL_FILES } from '../sizes.mjs'

export async function measure(here, note) {
  const tracker = await here.service('webtorrent/tracker.mjs')
  const url = `webtorrent/?tracker=${encodeURIComponent(tracker.address)}`
  const anna = await here.open(url)
  const ben = await here.open(url)
  for (const [name, count, size] of [['film', 1, SIZE], ['small', SMALL_FILES, SMALL]]) {
    const { magnet, digest } = await anna.evaluate(args => bench.seed(...args), [count, size])
    const spent = await here.windowTime(ben)
    const { connect, all } = await ben.evaluate(magnet => bench.download(magnet), magnet)
    const window = await spent()
    if ((await ben.evaluate(() => bench.digest())) !== digest) throw new Error('other bytes came than were seeded')
    // Each torrent makes its own connection, which is counted separately.
    note(`direct ${name}`, all - connect)
    if (name === 'film') {
      note('direct connect', connect)
      note('direct window', window)
    }
  }
}
