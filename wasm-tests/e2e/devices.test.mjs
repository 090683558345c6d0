// One person with two browsers.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** A second browser of a person, by their words. */
async function second(person) {
  const again = await here.visitor(person.name)
  const { page } = again
  await page.getByRole('button', { name: 'I have recovery words' }).click()
  await page.getByText('Another browser that has this profile keeps it.').waitFor()
  await page.getByLabel('24 recovery words').fill(person.words.join(' '))
  await page.getByLabel('New passphrase for this browser').fill(again.passphrase)
  await page.getByLabel('Passphrase once more').fill(again.passphrase)
  await page.getByRole('button', { name: 'Recover my profile' }).click()
  await again.heading('Home')
  return again
}

here.test('what is done in one browser shows in the other, and a friend gets what either shares', async () => {
  const [laptop, ben] = await here.friends('Anna', 'Ben')
  await laptop.published()
  const phone = await second(laptop)
  await phone.go('people')
  await phone.contact('Ben').waitFor()

  await laptop.share({ title: 'From the laptop', files: [file('a.txt', 'by the laptop')], to: ['Ben'] })
  await laptop.kept()
  await phone.openShare('From the laptop')
  await phone.page.getByText('Kept at your relay').waitFor()
  assert.equal((await phone.saveFile('a.txt')).bytes.toString(), 'by the laptop')

  await phone.go('')
  await phone.share({ title: 'From the phone', files: [file('b.txt', 'by the phone')], to: ['Ben'] })
  await phone.kept()
  for (const title of ['From the laptop', 'From the phone']) {
    await ben.go('')
    await ben.card(title).waitFor()
  }
  await laptop.go('')
  await laptop.card('From the phone').waitFor()

  // A change of a person, too.
  await phone.visit('Ben')
  await phone.page.getByRole('button', { name: 'Block Ben' }).click()
  await laptop.go('people')
  await laptop.page.getByText('Blocked · 1').waitFor()
  assert.equal(await ben.page.getByText('in two places').count(), 0)
})
