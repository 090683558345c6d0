// A person in Firefox and one in Chromium share directly, without the relay. Runs only with `--long`: what
// Firefox does in every run is in `firefox-save.test.mjs`.
import assert from 'node:assert/strict'
import { countChannels, refuseChannels } from './lib/channels.mjs'
import { digest, noise, write } from './lib/files.mjs'
import { InFirefox } from './lib/firefox.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world({ direct: true })

const LONG = { skip: !process.env.SPINNEY_LONG }

const via = async person => (await person.path()).via

/** These two become friends and connect directly. Each shares a film that the other fetches from that friend only. */
async function shareBothWays(...people) {
  for (const person of people) await person.makeProfile()
  await here.befriend(...people)
  for (const person of people) await until(() => via(person), 'direct')
  await here.relay.stop()
  try {
    for (const [from, to] of [people, people.toReversed()]) {
      const film = noise(5_000_000)
      const name = `from ${from.name}.bin`
      const files = await write(await folder('film'), { [name]: film })
      await from.share({ title: `A film of ${from.name}’s`, files, to: [to.name] })
      await to.openShare(`A film of ${from.name}’s`)
      assert.equal(digest((await to.saveFile(name)).bytes), digest(film))
      assert.equal(await via(to), 'direct')
    }
  } finally {
    await here.relay.restart()
  }
}

here.test('friends in Chromium and Firefox share directly, and Firefox hands its channels to the worker', async () => {
  const anna = await here.visitor('Anna')
  const ben = await here.visitor('Ben', { as: InFirefox })
  await ben.prepare(countChannels)
  await shareBothWays(anna, ben)
  assert.ok(await ben.page.evaluate(() => window.handed) > 0)
}, LONG)

here.test('so do friends in Firefox and Chromium, where Firefox is too old to hand them over', async () => {
  const anna = await here.visitor('Anna', { as: InFirefox })
  const ben = await here.visitor('Ben')
  await anna.prepare(refuseChannels)
  await shareBothWays(anna, ben)
  assert.ok(await anna.page.evaluate(() => window.refused) > 0)
}, LONG)
