// Friends' browsers talk to each other directly, and go on when the relay is gone.
import assert from 'node:assert/strict'
import { PATIENCE } from './lib/browser.mjs'
import { refuseChannels } from './lib/channels.mjs'
import { digest, file, noise } from './lib/files.mjs'
import { friends } from './lib/person.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world({ direct: true, stun: true })

const via = async person => (await person.path()).via

/** Friends in browsers with these options, connected directly. */
async function friendsDirectly(options, prepare) {
  const people = []
  for (const name of ['Anna', 'Ben']) {
    const person = await here.visitor(name, options)
    if (prepare) await person.prepare(prepare)
    await person.makeProfile()
    people.push(person)
  }
  await friends(people)
  for (const person of people) await until(() => via(person), 'direct')
  return people
}

/** One shares a film, and the other fetches it from that friend only. */
async function shareWithoutRelay([anna, ben]) {
  const film = noise(5_000_000)
  await anna.share({ title: 'Nobody between', files: [file('film.bin', film)], to: ['Ben'] })
  await ben.go('')
  await ben.card('Nobody between').waitFor()
  await here.relay.stop()
  try {
    await ben.openShare('Nobody between')
    assert.equal(digest((await ben.saveFile('film.bin')).bytes), digest(film))
    assert.equal(await via(ben), 'direct')
    await anna.go('transfers')
    await anna.page.getByText(/^Others have got 5(\.\d)? MB straight from this browser/).waitFor()
  } finally {
    await here.relay.restart()
  }
}

here.test('a share that is made while the relay is stopped arrives all the same, and is at the relay once it is back', async () => {
  const [anna, ben] = await friendsDirectly()
  const film = noise(1_500_000)
  await here.relay.stop()
  try {
    await anna.share({ title: 'From tab to tab', files: [file('film.bin', film)], to: ['Ben'] })
    await ben.openShare('From tab to tab')
    assert.equal(digest((await ben.saveFile('film.bin')).bytes), digest(film))
    await anna.page.getByText('Waiting for the relay').waitFor()
    assert.equal((await anna.api(({ spinney }) => spinney.shares.list()))[0].kept, false)
    await ben.page.getByText('Not at Anna’s relay yet').waitFor()
  } finally {
    await here.relay.restart()
  }
  await anna.kept(2 * PATIENCE)
  await ben.page.getByText('Kept at Anna’s relay').waitFor()
  // Ben was told of it once.
  assert.deepEqual(await ben.titles(), ['From tab to tab'])
})

here.test('who wants to be reached through relays only is, at once, and their friend is told why', async () => {
  const [anna, ben] = await friendsDirectly()
  await anna.go('settings')
  await anna.page.getByLabel('Reach contacts through relays only').click()
  await anna.hears('Contacts are reached through relays only.')
  await until(() => via(anna), 'relay')
  assert.equal((await anna.path()).notDirect, 'off')
  await anna.visit('Ben')
  await anna.page.getByText('Details').click()
  await anna.page.getByText('Not directly: you turned it off in Settings.').waitFor()
  await until(() => via(ben), 'relay')
  // Their share goes on, through the relay.
  await anna.share({ title: 'The long way', files: [file('text.txt', noise(1000))], to: ['Ben'] })
  await ben.openShare('The long way')
  assert.notEqual(await via(ben), 'direct')

  await anna.go('settings')
  await anna.page.getByLabel('Reach contacts through relays only').click()
  await anna.hears('Contacts are reached directly where possible.')
  // The friend who dialled tries again after a while.
  for (const person of [anna, ben]) await until(() => via(person), 'direct', 3 * PATIENCE)
})

here.test('browsers ask the relay for their address, if they are to be reached directly', async () => {
  await friendsDirectly()
  assert.ok((await here.relay.counters()).stun > 0)
})

here.test('friends are connected directly, and a share is fetched with the relay stopped', async () => {
  await shareWithoutRelay(await friendsDirectly())
})

here.test('so they are where a browser does not hand channels to a worker', async () => {
  const people = await friendsDirectly({}, refuseChannels)
  await shareWithoutRelay(people)
  for (const { page } of people) assert.ok(await page.evaluate(() => window.refused) > 0)
})

here.test('so they are in a browser that takes no rewritten descriptions', async () => {
  await shareWithoutRelay(await friendsDirectly({ flags: ['--force-fieldtrials=WebRTC-NoSdpMangleUfrag/Enabled/'] }))
})

here.test('who locks has hung up: nobody waits until the browser misses them', async () => {
  const [anna, ben] = await friendsDirectly({}, () => {
    window.states = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(...args) {
        super(...args)
        this.addEventListener('connectionstatechange', () => window.states.push(this.connectionState))
      }
    }
  })
  // Before that, a busy machine may have kept them waiting.
  const before = await ben.page.evaluate(() => window.states.splice(0))
  await anna.lock()
  await until(() => via(ben), undefined)
  const after = await ben.page.evaluate(() => window.states)
  assert.ok(before.includes('connected') && !after.includes('disconnected'), `${before}, then ${after}`)
})
