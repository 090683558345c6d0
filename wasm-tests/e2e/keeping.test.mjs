// Friends keep for each other what they share: with room that they give, while tabs are closed and the relay's disk has burnt.
import assert from 'node:assert/strict'
import { digest, file, MEGABYTE, noise } from './lib/files.mjs'
import { burn, give, lasting, room, trust } from './lib/keeping.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('a friend opens what another friend keeps while its author is gone and the relay has lost it', async () => {
  const [anna, ben, cleo] = await here.friends('Anna', 'Ben', 'Cleo')
  const film = noise(2 * MEGABYTE)
  await anna.share({ title: 'Yesterday', files: [file('film.bin', film)], to: ['Cleo'] })
  await anna.kept()
  await cleo.openShare('Yesterday')
  await trust(anna, 'Ben')

  await lasting(ben)
  await give(ben, 'Anna', 1)
  const kept = room(ben, 'Anna')
  const named = kept.getByRole('checkbox', { name: 'Anna may tell friends that it is kept here' })
  await named.click()
  await until(() => named.isChecked(), true)
  await kept.getByText('1 share kept.').waitFor()
  await anna.visit('Ben')
  await room(anna, 'Ben').getByText(/Ben keeps 1 share of yours whole/).waitFor()
  await anna.openShare('Yesterday')
  await anna.page.getByText(/^Kept by Ben \(checked .+\) and at /).waitFor()
  await cleo.visit('Anna')
  await room(cleo, 'Anna').getByText('What Anna shares is also kept by Ben.').waitFor()

  await anna.leave()
  await burn(here.relay)
  await cleo.openShare('Yesterday')
  const { bytes } = await cleo.saveFile('film.bin')
  assert.equal(digest(bytes), digest(film))
  assert.equal(await here.relay.bytesServed(), 0, 'the relay has nothing of it')
})

here.test('what is kept for a friend is let go by one button', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await trust(anna, 'Ben')
  await anna.share({ title: 'Lake', files: [file('a.bin', noise(MEGABYTE))] })
  await anna.kept()
  await lasting(ben)
  await give(ben, 'Anna', 1)
  await room(ben, 'Anna').getByText('1 share kept.').waitFor()
  await ben.go('settings')
  await ben.page.getByText(/of the 100 MB that friends have here are used/).waitFor()
  await ben.visit('Anna')
  await room(ben, 'Anna').getByRole('button', { name: 'Let go now' }).click()
  await ben.hears('Nothing of Anna is kept here any more.')
  await room(ben, 'Anna').getByText('1 share kept.').waitFor({ state: 'detached' })
  await anna.visit('Ben')
  await room(anna, 'Ben').getByText(/Ben gives you/).waitFor({ state: 'detached' })
})
