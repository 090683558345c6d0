// People meet by a personal invite, by a request, or by a QR code. Each decides about the other.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { camera, picture } from './lib/qr.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('one link makes two people friends with no further question, and lets the second who opens it wait', async () => {
  const [anna, ben, carl] = [await here.person('Anna'), await here.person('Ben'), await here.person('Carl')]
  const invite = await anna.invite()
  await anna.myCode()

  await ben.add(invite, 'Anna is added.')
  await anna.hears('Ben is added.')
  await anna.contact('Ben').waitFor()
  assert.deepEqual([await state(anna, 'Ben'), await state(ben, 'Anna')], ['mutual', 'mutual'])
  // Nobody else gets the same one.
  await anna.page.getByRole('button', { name: 'Make an invite link' }).waitFor()
  await anna.page.keyboard.press('Escape')

  await carl.add(invite, 'Anna is asked.')
  await anna.hears('Carl asks to be added.')
  await anna.request('Carl').getByText('an invite of yours that somebody else had used before').waitFor()
  assert.equal(await state(anna, 'Carl'), undefined)
  await carl.contact('Anna').getByText('Somebody else had used their invite').waitFor()
  await anna.page.getByRole('button', { name: 'Accept Carl' }).click()
  await carl.hears('Anna is added.')
})

here.test('a bare id leaves a request with name, picture and message, and both are friends once it is accepted', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.person('Ben')]
  await ben.go('settings')
  const face = await ben.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(200, 200)
    const draw = canvas.getContext('2d')
    draw.fillStyle = 'rebeccapurple'
    draw.fillRect(0, 0, 200, 200)
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())]
  })
  await ben.page.locator('input[type=file]').setInputFiles(file('me.png', Buffer.from(face), 'image/png'))
  await ben.page.locator('main .avatar img').waitFor()
  await ben.page.getByRole('button', { name: 'Save' }).click()
  await ben.hears('Your profile is saved.')
  await anna.published()
  const id = await anna.id()
  await anna.go('')

  await ben.go('people/paste')
  await ben.page.getByLabel('Their invite or id').fill(id)
  await ben.page.getByLabel('A few words for them').fill('We met at the lake.')
  await ben.page.getByRole('button', { name: 'Add', exact: true }).click()
  await ben.hears('Anna is asked.')
  await ben.contact('Anna').getByText('Waiting for their answer').waitFor()

  await anna.hears('Ben asks to be added.')
  await anna.page.getByRole('link', { name: 'People 1 person asks to be added' }).click()
  await anna.request('Ben').getByText('We met at the lake.').waitFor()
  await anna.request('Ben').locator('img').waitFor()
  await anna.page.getByRole('button', { name: 'Accept Ben' }).click()
  await anna.contact('Ben').waitFor()
  await anna.request('Ben').waitFor({ state: 'detached' })
  await ben.hears('Anna is added.')
})

here.test('who is declined hears nothing, and a decline can be undone', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.person('Ben')]
  await ben.add(await anna.lasting(), 'Anna is asked.')
  const decline = anna.page.getByRole('button', { name: 'Decline Ben' })
  await decline.click()
  await anna.request('Ben').waitFor({ state: 'detached' })
  await anna.page.getByRole('button', { name: 'Undo' }).click()
  await decline.click()
  await anna.hears('Ben is declined and is not told.')
  await anna.page.locator('.notice').getByRole('button', { name: 'Close' }).click()
  await until(() => asking(anna), [])
  await anna.page.reload()
  await anna.unlock()
  await anna.heading('People')
  assert.equal(await anna.request('Ben').count(), 0)
  assert.equal(await state(ben, 'Anna'), 'requested')
})

here.test('who is blocked shares with nobody, hears nothing of it, and is a friend again when unblocked', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.visit('Ben')
  await anna.page.getByText('Details').click()
  await anna.page.getByRole('button', { name: 'Block Ben' }).click()
  await anna.page.getByText('You receive nothing from them').waitFor()
  await anna.page.locator('.notice').getByRole('button', { name: 'Close' }).click()
  await until(() => state(anna, 'Ben'), 'blocked')
  assert.equal(await state(ben, 'Anna'), 'mutual')

  await ben.share({ title: 'Unwanted', files: [file('a.txt', 'a')], to: ['Anna'] })
  await ben.kept()
  await anna.go('people')
  assert.equal(await anna.contact('Ben').filter({ visible: true }).count(), 0)
  await anna.page.getByText('Blocked · 1').click()
  await anna.page.getByRole('button', { name: 'Unblock Ben' }).click()
  await anna.hears('Ben is unblocked. All is as it was before.')
  await until(() => state(anna, 'Ben'), 'mutual')
  await anna.go('')
  await anna.card('Unwanted').waitFor()
})

here.test('each reads the other’s six words, and a contact whose words match shows as compared', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const read = async (person, name) => {
    await person.visit(name)
    await person.page.getByRole('button', { name: 'Compare the words' }).click()
    const words = who => person.page.getByRole('region', { name: who }).locator('li').allTextContents()
    await person.page.locator('.words li').nth(11).waitFor()
    return { mine: await words('Your words: read them aloud'), theirs: await words(`${name}’s words: listen and look`) }
  }
  const [annas, bens] = [await read(anna, 'Ben'), await read(ben, 'Anna')]
  assert.equal(annas.mine.length, 6)
  assert.deepEqual(annas, { mine: bens.theirs, theirs: bens.mine })
  assert.notDeepEqual(annas.mine, annas.theirs)

  await anna.page.getByRole('button', { name: 'They match' }).click()
  await anna.hears('The words match: it is Ben.')
  await anna.page.getByText(/^Words compared just now/).waitFor()
  await anna.go('people')
  await anna.contact('Ben').getByText('Words compared').waitFor()

  await ben.page.getByRole('button', { name: 'They do not match' }).click()
  await ben.page.getByRole('heading', { name: 'The words do not match' }).waitFor()
  await ben.page.getByText('You may have added another profile with the same name').waitFor()
  await ben.page.getByText('Share nothing with this profile until it is clear.').waitFor()
  await ben.page.keyboard.press('Escape')
  assert.equal(await ben.page.getByText('Words compared').count(), 0)
})

here.test('circles are made and left on a person’s page, and choose among the people', async () => {
  const [anna] = await here.friends('Anna', 'Ben', 'Carl')
  const { page } = anna
  await anna.visit('Ben')
  for (const circle of ['climbing', 'family']) {
    await page.getByLabel('A new circle').fill(circle)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('button', { name: circle, pressed: true }).waitFor()
  }
  await anna.visit('Carl')
  await page.getByRole('button', { name: 'family', pressed: false }).click()
  await page.getByRole('button', { name: 'family', pressed: true }).waitFor()

  await anna.go('people')
  await page.getByRole('button', { name: 'climbing' }).click()
  await anna.contact('Carl').waitFor({ state: 'detached' })
  await anna.contact('Ben').getByText('climbing').waitFor()
  await page.getByRole('button', { name: 'family' }).click()
  await anna.contact('Carl').waitFor()

  await anna.compose({ title: 'For the family', files: [file('a.txt', 'a')], way: 'People you choose' })
  await page.getByRole('button', { name: 'family (2)' }).click()
  await page.getByRole('button', { name: 'Share with 2 people' }).waitFor()

  await anna.visit('Ben')
  await page.getByRole('button', { name: 'climbing', pressed: true }).click()
  await page.getByRole('button', { name: 'climbing' }).waitFor({ state: 'detached' })
  assert.deepEqual((await contacts(anna)).map(({ name, circles }) => [name, circles]).sort(), [['Ben', ['family']], ['Carl', ['family']]])
})

here.test('somebody can be followed, who hears nothing of it', async () => {
  const [anna, ben] = [await here.person('Anna'), await here.person('Ben')]
  const lasting = await anna.lasting()
  await ben.go('people/paste')
  await ben.page.getByLabel('Their invite or id').fill(lasting)
  await ben.page.getByRole('button', { name: 'Only follow' }).click()
  await ben.hears('You follow Anna.')
  await ben.contact('Anna').getByText('You follow them').waitFor()

  // She hears first of what Anna is asked later.
  await ben.visit('Anna')
  await ben.page.getByRole('button', { name: 'Ask to be added' }).click()
  await anna.hears('Ben asks to be added.')
})

here.test('a camera sees a friend’s QR code, passes over others, and is off when it was found', async () => {
  const anna = await here.person('Anna')
  const invite = await anna.invite()
  const ben = await here.visitor('Ben', { flags: await camera('', 'https://example.org/', invite) })
  await ben.page.evaluate(() => {
    window.tracks = []
    const { mediaDevices } = navigator
    const ask = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async wanted => {
      const stream = await ask(wanted)
      window.tracks.push(...stream.getTracks())
      return stream
    }
  })
  await ben.makeProfile()
  await ben.go('people')
  await ben.page.getByRole('main').getByRole('link', { name: 'Add a friend' }).first().click()
  await ben.page.getByRole('tab', { name: 'Scan' }).click()
  await ben.heading('People')
  await ben.page.getByRole('heading', { name: 'Anna invites you' }).waitFor()
  assert.deepEqual(await ben.page.evaluate(() => window.tracks.map(({ kind, readyState }) => [kind, readyState])), [['video', 'ended']])
  await ben.page.getByRole('button', { name: 'Add them' }).click()
  await ben.hears('Anna is added.')
})

here.test('without a camera, or where it is not allowed, the code is read from a picture', async () => {
  // Her browser has a camera, and does not let the page use it.
  const anna = await here.person('Anna', { flags: ['--use-fake-device-for-media-stream'] })
  const ben = await here.person('Ben')
  const invite = await anna.invite()
  await anna.go('people/scan')
  await anna.page.getByText('This page may not use the camera. Allow it in the browser’s settings').waitFor()
  const { page } = ben
  await ben.go('people/scan')
  await page.getByText('There is no camera here.').waitFor()
  const choose = (name, bytes, type) => page.locator('dialog input[type=file]').setInputFiles(file(name, bytes, type))
  await choose('none.bmp', picture('hello'), 'image/bmp')
  await page.getByText('This QR code is not a Spinney invite.').waitFor()
  await choose('broken.png', 'no picture at all', 'image/png')
  await page.getByText('We found no QR code in this picture.').waitFor()
  await choose('invite.bmp', picture(invite), 'image/bmp')
  await page.getByRole('button', { name: 'Add them' }).click()
  await ben.hears('Anna is added.')
})

const contacts = person => person.api(async ({ spinney }) => (await spinney.contacts.list()).map(({ name, state, circles }) => ({ name, state, circles })))
const state = async (person, of) => (await contacts(person)).find(({ name }) => name === of)?.state
const asking = person => person.api(async ({ spinney }) => (await spinney.contacts.requests()).map(({ name }) => name))
