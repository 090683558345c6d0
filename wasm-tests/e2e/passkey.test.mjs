// Unlocking by a passkey, beside the passphrase.
import assert from 'node:assert/strict'
import { Authenticator } from './lib/authenticator.mjs'
import { world } from './lib/world.mjs'

const here = world()

const button = ({ page }, name) => page.getByRole('button', { name, exact: true })
const rows = ({ page }) => page.getByRole('region', { name: 'Unlock with a fingerprint or a passkey' }).getByRole('listitem')

/** Asks for a passkey as an app does that does not look first whether there is one; returns what it is told. */
function tryPasskey(person) {
  return person.api(async ({ spinney }) => {
    const [{ id }] = await spinney.profiles.list()
    return spinney.profiles.unlockWithPasskey(id).then(() => [], ({ code, detail }) => [code, detail])
  })
}

/** Anna, whose device has made a passkey. */
async function annaWithPasskey(options) {
  const anna = await here.person('Anna')
  const device = await Authenticator.of(anna.page, options)
  await anna.addPasskey()
  await anna.hears('The passkey is added.')
  return { anna, device }
}

here.test('a passkey opens the profile after a lock and a reload, and the passphrase still does', async () => {
  const { anna } = await annaWithPasskey()
  assert.equal(await rows(anna).count(), 1)
  await anna.lock()
  await button(anna, 'Unlock with a passkey').click()
  await anna.heading('Home')
  await anna.page.reload()
  await button(anna, 'Unlock with a passkey').click()
  await anna.heading('Home')
  await anna.lock()
  await anna.unlock()
  await anna.heading('Home')
})

here.test('who has opened the profile with a passkey still types the passphrase for words and another passkey', async () => {
  const { anna, device } = await annaWithPasskey()
  await anna.lock()
  await button(anna, 'Unlock with a passkey').click()
  await anna.heading('Home')
  await anna.go('words')
  await anna.page.getByLabel('Passphrase, to show the words').fill('another passphrase')
  await button(anna, 'Show my recovery words').click()
  await anna.page.getByText('That is not the passphrase.').waitFor()
  await anna.page.getByLabel('Passphrase, to show the words').fill(anna.passphrase)
  await button(anna, 'Show my recovery words').click()
  await anna.page.locator('ol.words li').nth(23).waitFor()
  await button(anna, 'Remind me later').click()
  await anna.heading('Home')
  await anna.addPasskey('another passphrase')
  await anna.page.getByText('That is not the passphrase.').waitFor()
  assert.equal((await device.passkeys()).length, 1, 'no passkey was made')
})

here.test('who stays signed in by a passkey is in after a reload', async () => {
  const { anna } = await annaWithPasskey()
  await anna.lock()
  await anna.staySignedIn()
  await button(anna, 'Unlock with a passkey').click()
  await anna.heading('Home')
  await anna.page.reload()
  await anna.heading('Home')
})

here.test('a passkey that was deleted on the device says what to do, and the passphrase opens the profile', async () => {
  const { anna, device } = await annaWithPasskey()
  await anna.lock()
  await device.deleteAll()
  await button(anna, 'Unlock with a passkey').click()
  await anna.page.getByText('Your device gave no passkey.').waitFor()
  await anna.unlock()
  await anna.heading('Home')
})

here.test('a finger that is not the right one opens nothing, and the passphrase opens the profile', async () => {
  const { anna, device } = await annaWithPasskey()
  await anna.lock()
  await device.knowsTheFinger(false)
  await button(anna, 'Unlock with a passkey').click()
  await anna.page.getByText('Your device gave no passkey.').waitFor()
  await anna.unlock()
  await anna.heading('Home')
})

here.test('a passkey that is removed in the settings opens nothing and is not offered, and the passphrase still opens it', async () => {
  const { anna, device } = await annaWithPasskey()
  await rows(anna).getByRole('button', { name: 'Remove Passkey 1' }).click()
  await anna.hears('This passkey does not open the profile any more.')
  await rows(anna).waitFor({ state: 'detached' })
  assert.deepEqual(await device.passkeys(), [], 'the device was told')
  await anna.lock()
  await anna.asksForPassphrase()
  assert.equal(await button(anna, 'Unlock with a passkey').count(), 0)
  assert.deepEqual(await tryPasskey(anna), ['passkey-failed', 'passkey-gone'])
  await anna.unlock()
  await anna.heading('Home')
})

here.test('a device that gives no key with its passkeys is refused, and nothing is added', async () => {
  const anna = await here.person('Anna')
  const device = await Authenticator.of(anna.page, { hasPrf: false })
  await anna.addPasskey()
  await anna.page.getByText('This passkey cannot open a profile:').waitFor()
  assert.deepEqual(await device.passkeys(), [], 'the device was told')
  assert.equal(await rows(anna).count(), 0)
  await anna.lock()
  await anna.asksForPassphrase()
  assert.equal(await button(anna, 'Unlock with a passkey').count(), 0)
})

here.test('a device makes one passkey for a profile, and says so to who asks for a second', async () => {
  const { anna } = await annaWithPasskey()
  await anna.addPasskey()
  await anna.page.getByText('has a passkey of this profile already').waitFor()
  assert.equal(await rows(anna).count(), 1)
})

here.test('a passkey of another host is not offered, and the settings say where it works', async () => {
  const { anna } = await annaWithPasskey()
  // A disk that came from there.
  await anna.page.evaluate(async () => {
    const done = request => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = reject
    })
    const database = await done(indexedDB.open('spinney/profiles'))
    const rows = database.transaction('keystore', 'readwrite').objectStore('keystore')
    const [key] = await done(rows.getAllKeys())
    const row = new Uint8Array(await done(rows.get(key)))
    const at = row.findIndex((_, i) => new TextDecoder().decode(row.subarray(i, i + 9)) === 'localhost')
    row.set(new TextEncoder().encode('otherhost'), at)
    await done(rows.put(row, key))
    database.close()
  })
  await anna.lock()
  await anna.asksForPassphrase()
  await anna.page.reload()
  await anna.asksForPassphrase()
  assert.equal(await button(anna, 'Unlock with a passkey').count(), 0)
  assert.deepEqual(await tryPasskey(anna), ['passkey-failed', 'passkey-elsewhere'])
  await anna.unlock()
  await anna.heading('Home')
  await anna.go('settings')
  await rows(anna).getByText('Works only at otherhost').waitFor()
})

here.test('a browser without passkeys offers none', async () => {
  const anna = await here.person('Anna')
  await anna.prepare(() => delete window.PublicKeyCredential)
  await anna.unlock()
  await anna.heading('Home')
  await anna.go('settings')
  await anna.heading('Settings')
  assert.equal(await anna.page.getByText('Unlock with a fingerprint').count(), 0)
})
