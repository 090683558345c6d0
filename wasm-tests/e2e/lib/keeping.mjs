// Friends who keep for each other: giving room, and a relay whose disk burns.
import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Has the browser promise to keep the data of the page. */
export async function lasting({ page }) {
  const session = await page.context().newCDPSession(page)
  const origin = new URL(page.url()).origin
  await session.send('Browser.setPermission', { permission: { name: 'persistent-storage' }, setting: 'granted', origin })
  assert.ok(await page.evaluate(() => navigator.storage.persist()))
}

/** The part of a person's page that tells what is kept. */
export const room = ({ page }, name) => page.getByRole('region', { name: `Room for ${name}` })

/** Gives a friend room by so many presses of a key on the slider. */
export async function give(person, friend, presses) {
  await person.visit(friend)
  const slider = room(person, friend).getByRole('slider', { name: `How much room ${friend} gets` })
  for (let i = 0; i < presses; i += 1) {
    await slider.press('ArrowRight')
    assert.ok(await slider.evaluate(slider => slider === document.activeElement), 'the next press goes there too')
  }
}

/** Marks a friend as one whose words were compared. */
export const trust = (person, friend) => person.api(async ({ spinney, friend }) => {
  const [{ id }] = (await spinney.contacts.list()).filter(({ name }) => name === friend)
  await spinney.contacts.markVerified(id)
}, { friend })

/** Starts the relay again with nothing but its key. */
export async function burn(relay) {
  await relay.stop()
  const key = await readFile(path.join(relay.data, 'key'))
  await rm(relay.data, { recursive: true })
  await mkdir(relay.data)
  await writeFile(path.join(relay.data, 'key'), key, { mode: 0o600 })
  await relay.restart()
}
