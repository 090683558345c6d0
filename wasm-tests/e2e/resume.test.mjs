// 4. A download that is cut off goes on at the block where it was.
import assert from 'node:assert/strict'
import { digest, MEGABYTE } from './lib/files.mjs'
import { world } from './lib/world.mjs'

const here = world({ line: true })

const SIZE = (process.env.SPINNEY_LONG ? 256 : 24) * MEGABYTE
/** What may be fetched twice. */
const WASTE = 4 * MEGABYTE
/** Headers, lists and seals around the bytes of the file. */
const AROUND = MEGABYTE / 4

here.test('after a reload in the middle and the passphrase, a download fetches what is missing', async () => {
  const { ben, whole } = await here.givenFilm(SIZE)
  await ben.openShare('The film')
  const nothing = await here.relay.bytesServed()
  here.line.hold('down', SIZE / 2)
  await ben.keep()
  await here.line.held()
  const shown = await ben.bar('Progress of Fetching', SIZE / 2 - WASTE)
  await ben.page.reload()
  await ben.page.getByLabel('Passphrase for Ben').waitFor()
  const before = await here.relay.bytesServed()
  await ben.unlock()
  await ben.openShare('The film')
  // Nothing more may arrive until this was checked.
  assert.ok(await ben.bar('Progress of Fetching') >= shown, 'what was shown as fetched is still here')
  here.line.release()
  await ben.hasAll()

  const after = (await here.relay.bytesServed()) - before
  const missing = nothing + SIZE + AROUND - before
  assert.ok(after <= missing + WASTE, `${after} bytes were served for the missing ${missing}`)
  assert.ok(after <= SIZE - shown + WASTE, `${after} bytes were served after ${shown} of ${SIZE} were shown`)
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
  assert.equal(await here.relay.bytesServed() - before, after, 'what is kept is not fetched again')
})
