// New keys from the 24 words after a theft: friends follow by themselves, and are told once.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()
const NEXT = 'gravel otter lantern nine mistake'

/** Types the words and a new passphrase in Settings. */
async function changeKeys(person, words) {
  const { page } = person
  await page.getByLabel('Your 24 recovery words').fill(words)
  await page.getByLabel('Passphrase for the new keys').fill(NEXT)
  await page.getByRole('button', { name: 'Change my keys now' }).click()
}

here.test('after a theft the words make new keys, and a friend follows and is told once', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  await anna.share({ title: 'Walk', files: [file('a.txt', 'by the lake')], to: ['Ben'] })
  await anna.kept()
  await ben.go('')
  await ben.card('Walk').waitFor()

  await anna.go('settings')
  const { page } = anna
  await page.getByText('Change my keys', { exact: true }).click()
  await page.getByText('Until a friend has followed, a thief can still read').waitFor()
  await page.getByText('Links and invites that you gave out stop working.').waitFor()
  await page.getByText('Link each of them again').waitFor()
  await changeKeys(anna, ben.words.join(' '))
  await page.getByText('These are the words of another profile.').waitFor()
  await changeKeys(anna, anna.words.join(' '))
  await page.getByText('Your keys are changed.').first().waitFor()
  await page.getByText('Link your other devices again.').waitFor()

  await ben.go('')
  await ben.page.getByText('Anna changed their keys.').waitFor()
  await ben.page.getByRole('button', { name: 'OK about Anna' }).click()
  await ben.page.getByText('Anna changed their keys.').waitFor({ state: 'detached' })
  assert.equal(await ben.page.getByText('asks to be added').count(), 0)
  await ben.card('Walk').waitFor()

  // Both go on as before.
  await page.getByText('All of your friends have followed.').waitFor()
  await page.getByRole('button', { name: 'I have read it' }).click()
  await anna.go('')
  await anna.share({ title: 'After', files: [file('b.txt', 'under new keys')], to: ['Ben'] })
  await anna.kept()
  await ben.go('')
  await ben.openShare('After')
  assert.equal((await ben.saveFile('b.txt')).bytes.toString(), 'under new keys')
})
