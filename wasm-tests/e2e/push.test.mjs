// Being told while Spinney is closed. No push service is reached here: what a relay sends to one is tested at the relay.
import assert from 'node:assert/strict'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

const LABEL = 'Tell me when this page is closed'

here.test('a browser that reaches no push service says so, and stays as it was', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await anna.go('settings')
  const box = page.getByLabel(LABEL)
  await box.click()
  await page.getByText('This browser blocks notifications of this page.').first().waitFor()
  await until(() => box.isChecked(), false)
  await page.context().grantPermissions(['notifications'])
  await page.reload()
  await anna.unlock()
  await anna.go('settings')
  await box.click()
  await page.getByText('This browser reaches no push service, so it cannot be told.').waitFor()
  await until(() => box.isChecked(), false)
})

here.test('what a push says is not shown', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await page.context().grantPermissions(['notifications'])
  const session = await page.context().newCDPSession(page)
  const registered = new Promise(resolve => session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    const found = registrations.find(({ isDeleted }) => !isDeleted)
    if (found) resolve(found)
  }))
  await session.send('ServiceWorker.enable')
  const { registrationId } = await registered
  const { origin } = new URL(page.url())
  const push = () => session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: 'Ben shared "Lake"' })
  await session.send('BackgroundService.startObserving', { service: 'notifications' })
  await session.send('BackgroundService.setRecording', { shouldRecord: true, service: 'notifications' })
  const displayed = () => new Promise(resolve => session.once('BackgroundService.backgroundServiceEventReceived', resolve))

  // No page of ours is open.
  await page.goto('about:blank')
  for (let times = 0; times < 2; times++) {
    const told = displayed()
    await push()
    await told
  }
  await page.goto(origin)
  const shown = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    return (await registration.getNotifications()).map(({ title, body }) => [title, body])
  })
  assert.deepEqual(shown, [['Something new in Spinney', '']])
})
