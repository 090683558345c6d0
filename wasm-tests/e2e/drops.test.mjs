// Drop boxes: people without a profile give files by a link.
import assert from 'node:assert/strict'
import { digest, file, jpeg, noise, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Makes a box of 100 MB, and gives its link. */
async function makeBox(person) {
  await person.connected()
  await person.published()
  const { page } = person
  await page.getByRole('link', { name: 'Let people send you files' }).click()
  await person.heading('Let people send you files')
  await page.getByLabel('What you call it').fill('The wedding')
  await page.getByRole('group', { name: 'How much fits into it' }).getByRole('button', { name: '100 MB' }).click()
  await page.getByRole('button', { name: 'Make a link' }).click()
  const field = page.getByLabel('Link of your box', { exact: true })
  await field.waitFor()
  // Only she sees what it is called.
  await page.getByRole('region', { name: 'The wedding' }).getByRole('heading', { name: 'The wedding' }).waitFor()
  return field.inputValue()
}

/** Opens the link of a box by its address, and agrees. */
async function openBox(guest, link) {
  await guest.page.goto('about:blank')
  await guest.page.goto(link)
  await guest.heading('Send files to somebody?')
  // The code is a secret: it does not stay in the address.
  assert.ok(!guest.page.url().includes('/drop/'), guest.page.url())
  await guest.page.getByRole('button', { name: 'Go on' }).click()
}

const choose = (guest, files) => guest.page.locator('main input[type=file]:not([webkitdirectory])').setInputFiles(files)

async function send(guest) {
  await guest.page.getByRole('button', { name: 'Send', exact: true }).click()
  await guest.heading('Sent. You may close this page.')
}

/** What somebody left, on the page of the boxes. */
const left = person => person.page.getByRole('region', { name: 'Somebody with your link' })

here.test('somebody without a profile sends files into a box, and its owner keeps them', async () => {
  const anna = await here.person('Anna')
  const link = await makeBox(anna)
  const picture = await jpeg(anna.page, { place: false })
  const song = noise(3_000_000)

  const guest = await here.visitor('Guest')
  await openBox(guest, link)
  await guest.heading('Send files to Anna')
  await choose(guest, [file('dance.jpg', picture, 'image/jpeg'), file('song.bin', song)])
  await guest.page.getByText('2 files, ').waitFor()
  await guest.page.getByLabel('Your name, or a few words').fill('Otto, from the wedding')
  await send(guest)
  await guest.page.getByText('Your files wait for Anna at the relay.').waitFor()
  await guest.leave()

  // She hears of it, and nothing of it is shown before she wants to see it.
  await anna.hears('2 files have come into your box.')
  await left(anna).getByText('They write: “Otto, from the wedding”').waitFor()
  assert.equal(await left(anna).getByText('song.bin').count(), 0)
  await left(anna).getByRole('button', { name: 'Show what it is' }).click()
  await left(anna).getByText('song.bin').waitFor()
  await left(anna).locator('img.thumb').waitFor()
  await left(anna).getByRole('button', { name: 'Keep it' }).click()
  await anna.hears('is among your shares. Only you can open it.')
  await left(anna).waitFor({ state: 'detached' })
  await anna.openShare('From the box: Otto, from the wedding')
  assert.equal(digest((await anna.saveFile('song.bin')).bytes), digest(song))
})

here.test('files that are dropped on the page of a box are sent, and can be thrown away', async () => {
  const anna = await here.person('Anna')
  const link = await makeBox(anna)
  const guest = await here.visitor('Guest')
  await openBox(guest, link)
  await guest.heading('Send files to Anna')
  const files = await write(await folder('drops'), { 'a.txt': 'a', 'b.txt': 'b' })
  await guest.drop(...files)
  await guest.page.getByRole('button', { name: 'Leave out b.txt' }).click()
  await guest.page.getByText('1 file, ').waitFor()
  await send(guest)

  await anna.go('')
  await anna.page.getByText('1 file waits in your box').waitFor()
  await anna.page.getByRole('link', { name: 'Look at the box' }).click()
  await left(anna).getByRole('button', { name: 'Throw it away' }).click()
  await anna.hears('It is thrown away.')
  await left(anna).waitFor({ state: 'detached' })
  assert.deepEqual(await anna.titles(), [])
})

here.test('a link that is cut short, and a box that is closed, say so', async () => {
  const anna = await here.person('Anna')
  const link = await makeBox(anna)
  const guest = await here.visitor('Guest')
  await guest.page.goto('about:blank')
  await guest.page.goto(link.slice(0, -3))
  await guest.page.getByText('This link is not whole.').waitFor()

  await anna.page.getByRole('button', { name: 'Close this box' }).click()
  await anna.hears('The box is closed.')
  await until(() => anna.api(async ({ spinney }) => (await spinney.drops.list()).map(({ ended }) => ended)), [true])
  await openBox(guest, link)
  // The relay may hear of it a moment later.
  const closed = guest.page.getByText('This box is closed.')
  const open = guest.page.getByRole('heading', { name: 'Send files to Anna' })
  await closed.or(open).first().waitFor()
  if (await open.count()) {
    await choose(guest, [file('late.txt', 'late')])
    await guest.page.getByRole('button', { name: 'Send', exact: true }).click()
  }
  await closed.waitFor()
})
