// Changing the audience of a share, passing on a received one, and knowing how far it came.
import assert from 'node:assert/strict'
import { file, noise } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('a person is added, another taken out, and only who is in gets what is added later', async () => {
  const [anna, ben, carol] = await here.friends('Anna', 'Ben', 'Carol')
  await anna.share({ title: 'Allotment', files: [file('may.txt', 'beans')], to: ['Ben'] })
  await anna.kept()
  await ben.openShare('Allotment')
  assert.equal((await ben.saveFile('may.txt')).bytes.toString(), 'beans')

  const { page } = anna
  await anna.give('Carol')
  await carol.openShare('Allotment')
  assert.equal((await carol.saveFile('may.txt')).bytes.toString(), 'beans')

  await page.getByRole('button', { name: 'Remove Ben from this share' }).click()
  await anna.settle('Ben can still open what is in this share today, and gets nothing you add later.')
  await anna.recipients(['Carol'])

  await anna.addFiles([file('june.txt', 'peas')])
  await carol.page.getByRole('button', { name: 'Download june.txt', exact: true }).waitFor()
  assert.equal((await carol.saveFile('june.txt')).bytes.toString(), 'peas')

  // What Ben hears of next came after it, and he still has only what he had.
  await anna.share({ title: 'For Ben', files: [file('b.txt', 'b')], to: ['Ben'] })
  await ben.openShare('For Ben')
  await ben.openShare('Allotment')
  assert.deepEqual(await ben.files('Allotment'), ['may.txt'])
  assert.equal((await ben.saveFile('may.txt')).bytes.toString(), 'beans')
})

here.test('a person who was taken out by mistake is back with one click', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Recipes', files: [file('soup.txt', 'leeks')], to: ['Ben'] })
  const { page } = anna
  await page.getByRole('button', { name: 'Remove Ben from this share' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await anna.recipients(['Ben'])
  await page.getByRole('button', { name: 'Withdraw it' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await anna.recipients(['Ben'])
  await ben.openShare('Recipes')
})

here.test('a share that is removed is out of sight at once, back with one click, and then gone for everybody', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Blurred', files: [file('a.txt', 'a')], to: ['Ben'] })
  await anna.kept()
  await ben.go('')
  await ben.card('Blurred').waitFor()
  const remove = async () => {
    await anna.openShare('Blurred')
    await anna.page.locator('main summary').click()
    await anna.page.getByRole('button', { name: 'Remove: friends cannot get it any more' }).click()
    await anna.heading('Home')
  }
  await remove()
  // The engine, which was not told, emits the change before it answers, and the page shows it two frames later.
  await anna.api(async ({ spinney }) => {
    const [{ id }] = await spinney.shares.list()
    await spinney.shares.addFiles(id, [{ path: 'b.txt', file: new File(['b'], 'b.txt') }])
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  })
  assert.equal(await anna.card('Blurred').count(), 0)
  await anna.page.getByRole('button', { name: 'Undo' }).click()
  await anna.openShare('Blurred')
  assert.deepEqual(await anna.files('Blurred'), ['a.txt', 'b.txt'])

  await remove()
  await anna.settle('“Blurred”')
  await ben.card('Blurred').waitFor({ state: 'detached' })
  assert.deepEqual(await anna.titles(), [])
})

here.test('a share that was withdrawn is gone from everybody, and stays with its author', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Too early', files: [file('draft.txt', noise(2_000))], to: ['Ben'] })
  await anna.kept()
  await ben.go('')
  await ben.card('Too early').waitFor()
  await anna.page.getByRole('button', { name: 'Withdraw it' }).click()
  await anna.settle('taken back from everybody. They keep what they saved.')
  await anna.page.getByText('Withdrawn: only you').waitFor()
  await ben.card('Too early').waitFor({ state: 'detached' })
  // Its author undoes it once more.
  await anna.give('Ben')
  await ben.openShare('Too early')
})

here.test('somebody who is passed something sees who made it and who passed it on', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const carol = await here.person('Carol')
  await here.befriend(ben, carol)
  const song = noise(400_000)
  await anna.share({ title: 'A song', files: [file('song.bin', song)], to: ['Ben'] })
  await ben.openShare('A song')
  const { page } = ben
  await page.getByRole('button', { name: 'Pass it on' }).click()
  await page.getByText('They see that Anna made it and that you passed it on.').waitFor()
  await page.locator('label.choice').filter({ hasText: 'Carol' }).click()
  await page.getByRole('button', { name: 'Pass on to 1 person' }).click()
  await page.getByText('Anna made it, you passed it on').waitFor()
  await carol.openShare('A song')
  await carol.page.getByText('Anna made it, Ben passed it on').waitFor()
  assert.deepEqual((await carol.saveFile('song.bin')).bytes, song)
})

here.test('an author sees how far everybody came, where both want receipts', async () => {
  const [anna, ben, carol] = await here.friends('Anna', 'Ben', 'Carol')
  for (const person of [anna, ben]) {
    await person.go('settings')
    await person.page.getByLabel('Tell authors when I have fetched and opened what they shared').click()
    await person.hears('Receipts are on.')
  }
  await anna.share({ title: 'Minutes', files: [file('minutes.txt', 'all agreed')], to: ['Ben', 'Carol'] })
  await anna.delivery('Ben', 'kept for them by your relay')
  await anna.delivery('Carol', 'kept for them by your relay')
  // It is unread for everybody who has not opened it, also after a restart.
  await ben.go('')
  await ben.card('Minutes').getByText('New', { exact: true }).waitFor()
  await ben.openShare('Minutes')
  await anna.delivery('Ben', 'has opened it')
  await ben.go('')
  await ben.card('Minutes').getByText('New', { exact: true }).waitFor({ state: 'detached' })
  await carol.openShare('Minutes')
  await until(() => carol.api(async ({ spinney }) => (await spinney.shares.list()).map(({ unread }) => unread)), [false])
  await anna.delivery('Carol', 'kept for them by your relay')
})
