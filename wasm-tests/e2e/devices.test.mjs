// One person with several devices: linked by a code and four words, or by the recovery words.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Shows the code of this person's device, as text. */
async function code(person) {
  await person.published()
  await person.go('settings')
  const { page } = person
  await page.getByRole('button', { name: 'Link another device' }).click()
  await page.getByLabel('Your passphrase on this device').fill(person.passphrase)
  await page.getByRole('button', { name: 'Show the code' }).click()
  await page.getByRole('img', { name: 'The code for your other device, as a QR code' }).waitFor()
  await page.getByText('Only for your own device, here beside you.').first().waitFor()
  await page.getByRole('button', { name: 'Show the code as text' }).click()
  return (await page.getByRole('dialog').getByText(/^spinney-device:/).textContent()).trim()
}

/** Types the code on a new device, and waits for its words. */
async function read(phone, typed) {
  const { page } = phone
  await page.getByLabel('The code of your other device').fill(typed)
  await page.getByLabel('New passphrase for this device').fill(phone.passphrase)
  await page.getByRole('button', { name: 'Go on' }).click()
}

here.test('a second device is linked with a code and four words, and has the friends of the first', async () => {
  const anna = await here.person('Anna')
  const ben = await here.person('Ben')
  await anna.add(await ben.invite(), 'Ben is added.')
  const phone = await here.visitor('Phone')
  phone.passphrase = 'lantern gravel mistake otter nine'
  const { page } = phone
  await page.getByRole('button', { name: 'I have Spinney on another device' }).click()
  await read(phone, 'not a code')
  await page.getByText('Scan or paste the code first.').waitFor()
  await read(phone, await code(anna))
  await phone.heading('Type these four words on your other device')
  const words = await page.locator('ol.words li').allTextContents()
  assert.equal(words.length, 4)

  const typed = anna.page.getByLabel('The four words')
  await typed.fill('zoo zoo zoo zoo')
  await anna.page.getByRole('button', { name: 'Link this device' }).click()
  await anna.page.getByText('These are not the words that your other device shows.').waitFor()
  await typed.fill(words.join(' '))
  await anna.page.getByRole('button', { name: 'Link this device' }).click()
  await anna.page.getByText(/^“.*” is linked\.$/).waitFor()

  await phone.heading('This becomes a device of Anna')
  await page.getByRole('button', { name: 'Yes, this is me' }).click()
  await phone.heading('Home')
  await phone.go('people')
  await page.getByText('Ben').first().waitFor()
  // Both list both, and a new name shows on the other.
  await anna.go('settings')
  await anna.page.getByText('My computer', { exact: true }).waitFor()
  await anna.page.getByRole('button', { name: 'Rename A device without a name' }).click()
  await anna.page.getByLabel('New name').fill('The laptop')
  await anna.page.getByRole('button', { name: 'Save the name' }).click()
  await phone.go('settings')
  await page.getByText('The laptop', { exact: true }).waitFor()
  await phone.go('words')
  await page.getByLabel('Passphrase, to show the words').fill(phone.passphrase)
  await page.getByRole('button', { name: 'Show my recovery words' }).click()
  await page.getByText('Your 24 words are not here, because this device was linked').waitFor()
})

here.test('what is done in one browser shows in the other, and a friend gets what either shares', async () => {
  const [laptop, ben] = await here.friends('Anna', 'Ben')
  await laptop.published()
  const phone = await here.again(laptop)
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
  await phone.page.getByText('Details').click()
  await phone.page.getByRole('button', { name: 'Block Ben' }).click()
  await phone.page.locator('.notice').getByRole('button', { name: 'Close' }).click()
  await laptop.go('people')
  await laptop.page.getByText('Blocked · 1').waitFor()
  assert.equal(await ben.page.getByText('in two places').count(), 0)
})
