// The channels that browsers have, without a library over them.
import { median, SIZE } from '../sizes.mjs'

/** Transfers of which the median counts. */
const TIMES = 3

export async function measure(here, note) {
  const anna = await here.open('raw/')
  const ben = await here.open('raw/')
  const start = performance.now()
  const answer = await ben.evaluate(sdp => bench.answer(sdp), await anna.evaluate(() => bench.offer()))
  await anna.evaluate(sdp => bench.accept(sdp), answer)
  await ben.evaluate(() => bench.opened())
  note('direct connect', performance.now() - start)
  await transfers('direct film', 'receive', 'send')
  await transfers('hand film', 'receiveSealed', 'sendSealed')
  await Promise.all([anna, ben].map(page => page.evaluate(() => bench.join())))
  await transfers('relay film', 'receiveRelayed', 'sendRelayed')

  async function transfers(name, receive, send) {
    const taken = []
    const spent = await here.windowTime(ben)
    for (let i = 0; i < TIMES; i++) {
      await ben.evaluate(([receive, size]) => bench[receive](size), [receive, SIZE])
      await anna.evaluate(([send, size]) => bench[send](size), [send, SIZE])
      taken.push(await ben.evaluate(() => bench.arrived()))
    }
    note(name.replace('film', 'window'), (await spent()) / TIMES)
    note(name, median(taken))
  }
}
