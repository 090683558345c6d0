// A device of a person is removed: what the page says before and after, on each of the devices, and how it is undone.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()
const direct = world({ direct: true, stun: true })

/** Opens the question about the other device, in the settings, and says yes. */
async function removeTheOther({ page }) {
  await page.getByRole('button', { name: 'Remove A device without a name' }).click()
  const asked = page.getByRole('dialog')
  await asked.getByText('It has your identity and cannot be made to forget it.').waitFor()
  await asked.getByText('nobody can open it without its passphrase').waitFor()
  await asked.getByRole('button', { name: 'Remove this device' }).click()
}

here.test('a new browser is said to be new, is removed, says so, and comes back when that is undone', async () => {
  const [laptop, ben] = await here.friends('Anna', 'Ben')
  await laptop.published()
  const phone = await here.again(laptop)
  await laptop.go('')
  await laptop.page.getByText(/^New device since .*: A device without a name$/).waitFor()
  assert.equal(await phone.page.getByText('New device since').count(), 0, 'the first one is not new to it')

  await laptop.go('settings')
  await removeTheOther(laptop)
  await laptop.hears('“A device without a name” is removed.')
  await phone.page.getByText('Another device of yours removed this one.').waitFor()
  assert.equal(await laptop.page.getByText('New device since').count(), 0)

  // What it shares reaches nobody.
  await phone.share({ title: 'From the phone', files: [file('p.txt', 'by the phone')], to: ['Ben'] })
  await laptop.share({ title: 'From the laptop', files: [file('l.txt', 'by the laptop')], to: ['Ben'] })
  await ben.go('')
  await ben.card('From the laptop').waitFor()
  assert.deepEqual(await ben.titles(), ['From the laptop'])
})

here.test('a removal is undone from the notice, and who was removed by mistake goes on', async () => {
  const [laptop, ben] = await here.friends('Anna', 'Ben')
  await laptop.published()
  const phone = await here.again(laptop)
  await laptop.go('settings')
  await removeTheOther(laptop)
  await laptop.page.locator('.notice').getByRole('button', { name: 'Undo' }).click()
  await laptop.page.getByText('A device without a name').nth(1).waitFor()
  await until(async () => (await phone.api(({ spinney }) => spinney.profiles.current())).removed, false)
  await phone.go('')
  await phone.share({ title: 'Still here', files: [file('p.txt', 'by the phone')], to: ['Ben'] })
  await ben.go('')
  await ben.card('Still here').waitFor()
})

here.test('a new device is not shown as new any more once the person says that it was them', async () => {
  const [laptop] = await here.friends('Anna', 'Ben')
  await laptop.published()
  await here.again(laptop)
  await laptop.go('')
  await laptop.page.getByRole('button', { name: 'It was me' }).click()
  await laptop.page.getByText('New device since').waitFor({ state: 'detached' })
  await laptop.go('settings')
  await laptop.page.getByText('online', { exact: true }).waitFor()
  assert.equal(await laptop.page.getByText('New device since').count(), 0)
})

direct.test('two browsers of one person that are connected tell each other what is new while the relay is gone', async () => {
  const [laptop] = await direct.friends('Anna', 'Ben')
  await laptop.published()
  const phone = await direct.again(laptop)
  for (const person of [laptop, phone]) {
    const isDirect = async () => person.api(async ({ spinney }) => {
      const devices = (await spinney.devices.list()).filter(({ here }) => !here).map(({ id }) => id)
      const { peers } = await spinney.network.status()
      return peers.some(({ peer, via }) => devices.includes(peer) && via === 'direct')
    })
    await until(isDirect, true)
  }
  await direct.relay.stop()
  try {
    await laptop.share({ title: 'From device to device', files: [file('a.txt', 'nobody between')] })
    await phone.openShare('From device to device')
    assert.equal((await phone.saveFile('a.txt')).bytes.toString(), 'nobody between')
  } finally {
    await direct.relay.restart()
  }
})
