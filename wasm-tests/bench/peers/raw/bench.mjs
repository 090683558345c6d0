// The channels that browsers have, without a library over them.
import { SIZE } from '../sizes.mjs'

export async function measure(here, note) {
  const anna = await here.open('raw/')
  const ben = await here.open('raw/')
  const start = performance.now()
  const answer = await ben.evaluate(sdp => bench.answer(sdp), await anna.evaluate(() => bench.offer()))
  await anna.evaluate(sdp => bench.accept(sdp), answer)
  await ben.evaluate(() => bench.opened())
  note('direct connect', performance.now() - start)
  await transfer('direct', 'receive', 'send')
  await transfer('hand', 'receiveSealed', 'sendSealed')
  await Promise.all([anna, ben].map(page => page.evaluate(() => bench.join())))
  await transfer('relay', 'receiveRelayed', 'sendRelayed')

  async function transfer(way, receive, send) {
    const spent = await here.windowTime(ben)
    await ben.evaluate(([receive, size]) => bench[receive](size), [receive, SIZE])
    await anna.evaluate(([send, size]) => bench[send](size), [send, SIZE])
    note(`${way} film`, await ben.evaluate(() => bench.arrived()))
    note(`${way} window`, await spent())
  }
}
