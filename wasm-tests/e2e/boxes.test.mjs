// Albums to which friends add: who added what shows to all, and its author can hide it.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Shares something to which these people may add. */
async function makeAlbum(person, { title, files, to }) {
  await person.compose({ title, files, to })
  await person.options()
  await person.page.getByLabel('They may add to it').check()
  await person.sendOff(title)
}

/** Adds files to the album on screen, which is somebody else's. */
async function addToAlbum(person, files) {
  await person.page.getByRole('button', { name: 'Add files' }).click()
  await person.page.getByText('see that you added them').waitFor()
  await person.page.locator('main input[type=file]:not([webkitdirectory])').setInputFiles(files)
  await person.hears('Added to')
}

/** What somebody added to the album on screen. */
const addition = (person, by) => person.page.locator('article.share-card').filter({ hasText: `${by} added this` })

here.test('what friends add to an album shows to all under their names, and can be saved', async () => {
  const anna = await here.person('Anna')
  const [ben, carol] = [await here.person('Ben'), await here.person('Carol')]
  await here.befriend(anna, ben)
  await here.befriend(anna, carol)
  await makeAlbum(anna, { title: 'Lake', files: [file('anna.txt', 'by Anna')], to: ['Ben', 'Carol'] })
  await anna.page.getByText('Friends can add').waitFor()

  await ben.openShare('Lake')
  await addToAlbum(ben, [file('ben.txt', 'by Ben')])
  await addition(ben, 'You').waitFor()
  await addition(anna, 'Ben').getByText('ben.txt').waitFor()

  // Ben is nobody whom Carol knows, and she sees who it was.
  await carol.openShare('Lake')
  await addition(carol, 'Ben').getByText('ben.txt').waitFor()
  await addition(carol, 'Ben').getByRole('link', { name: 'Open what Ben added' }).click()
  await carol.page.getByText('In the album “Lake”').waitFor()
  assert.equal((await carol.saveFile('ben.txt')).bytes.toString(), 'by Ben')

  // In the list there is the album alone.
  await carol.go('')
  await carol.card('Lake').waitFor()
  assert.equal(await carol.card('Lake').count(), 1)
})

here.test('the author hides what was added, and who added something takes it back', async () => {
  const anna = await here.person('Anna')
  const [ben, carol] = [await here.person('Ben'), await here.person('Carol')]
  await here.befriend(anna, ben)
  await here.befriend(anna, carol)
  await makeAlbum(anna, { title: 'Garden', files: [file('anna.txt', 'by Anna')], to: ['Ben', 'Carol'] })
  for (const [person, name] of [[ben, 'ben.txt'], [carol, 'carol.txt']]) {
    await person.openShare('Garden')
    await addToAlbum(person, [file(name, name)])
  }
  await addition(anna, 'Carol').waitFor()
  await addition(carol, 'Ben').waitFor()

  await addition(anna, 'Ben').getByRole('link', { name: 'Open what Ben added' }).click()
  await anna.page.locator('main summary').click()
  await anna.page.getByRole('button', { name: 'Hide what Ben added' }).click()
  await anna.settle('What Ben added is hidden.')
  await addition(carol, 'Ben').waitFor({ state: 'detached' })
  await addition(ben, 'You').waitFor()

  await addition(carol, 'You').getByRole('link', { name: /^Open what/ }).click()
  await carol.page.locator('main summary').click()
  await carol.page.getByRole('button', { name: 'Take back what you added' }).click()
  await carol.settle('What you added is taken back.')
  await anna.openShare('Garden')
  await addition(anna, 'Carol').waitFor({ state: 'detached' })
})
