// Relays that stop and start again, and browsers that are killed, in the middle of something.
import assert from 'node:assert/strict'
import { unlink, utimes } from 'node:fs/promises'
import { digest, file, film, MEGABYTE } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { world } from './lib/world.mjs'

const here = world({ line: true })

const SIZE = (process.env.SPINNEY_LONG ? 128 : 16) * MEGABYTE
/** What may be fetched or pushed twice, and the overhead around the bytes of a file. */
const WASTE = 4 * MEGABYTE
const PUSHED_AHEAD = 8 * MEGABYTE
const AROUND = MEGABYTE / 4

here.test('a download waits for a relay that is gone, says so, and goes on when it is back', async () => {
  const { ben, whole } = await here.givenFilm(SIZE)
  await ben.openShare('The film')
  here.line.hold('down', SIZE / 2)
  await ben.keep()
  await here.line.held()
  const shown = await ben.bar('Progress of Fetching', SIZE / 2 - WASTE)
  await here.relay.kill()
  here.line.release()
  await ben.page.getByText(/^Fetching · .* · Waiting for the relay$/).waitFor()
  await ben.page.locator('.connection').getByText('Connecting to your relay…').waitFor()
  await here.relay.restart()
  await ben.hasAll()
  await ben.connected()
  const served = await here.relay.bytesServed()
  assert.ok(served <= SIZE - shown + AROUND, `${served} bytes were served after ${shown} of ${SIZE} were shown`)
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
})

here.test('a share waits for a relay that is gone, says so, and goes on when it is back', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const whole = await film(await folder('film'), 'film.bin', SIZE)
  here.line.hold('up', SIZE / 2)
  await anna.share({ title: 'The film', files: whole.path, to: ['Ben'] })
  await here.line.held()
  const shown = await anna.bar('Progress of To your relay')
  await here.relay.kill()
  here.line.release()
  await anna.page.getByText(/^To your relay · .* · Waiting for the relay$/).waitFor()
  await here.relay.restart()
  await anna.kept()
  const { keepBytes } = await here.relay.counters()
  assert.ok(keepBytes <= SIZE - shown + PUSHED_AHEAD, `${keepBytes} bytes were pushed after ${shown} of ${SIZE} were shown`)
  await ben.openShare('The film')
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
})

here.test('a browser that is killed in the middle of sharing keeps a draft, and shares nothing by half', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const disk = await folder('films')
  const [first, second, third] = [await film(disk, '1.bin', 2 * MEGABYTE), await film(disk, '2.bin', SIZE), await film(disk, '3.bin', MEGABYTE)]
  await anna.compose({ title: 'Three films', note: 'Long ones', files: [first, second, third].map(({ path }) => path), to: ['Ben'] })
  // The kill happens in the middle of the second file, on a fast machine too.
  const hold = await anna.holdWrites(6 * MEGABYTE)
  await anna.send.click()
  await hold.reached()
  await anna.crash()
  await anna.comeBack()

  const draft = anna.page.getByRole('region', { name: 'Three films' })
  await draft.getByText('Spinney was closed before 2 files were read.').waitFor()
  await draft.getByText('Files to choose again').click()
  assert.deepEqual(await draft.getByRole('listitem').allTextContents(), ['2.bin', '3.bin'])

  // Anna may publish what she likes now: her friend sees nothing of the draft.
  await anna.share({ title: 'Something else', files: [file('a.txt', 'a')], to: ['Ben'] })
  await anna.kept()
  await ben.go('')
  await ben.card('Something else').waitFor()
  assert.deepEqual(await ben.titles(), ['Something else'])

  // The first file is gone. The second one has another time and the same bytes, so reading goes on.
  await unlink(first.path)
  await utimes(second.path, 1_800_000_000, 1_800_000_000)
  await anna.go('')
  const input = draft.locator('input[type=file]:not([webkitdirectory])')
  await input.setInputFiles([third.path])
  await draft.getByText('Spinney was closed before 1 file was read.').waitFor()
  await input.setInputFiles([second.path])
  await anna.heading('Three films')
  await anna.kept()
  await draft.waitFor({ state: 'detached' })
  await ben.openShare('Three films')
  for (const [name, film] of Object.entries({ '1.bin': first, '2.bin': second, '3.bin': third })) {
    assert.equal(digest((await ben.saveFile(name)).bytes), film.digest, name)
  }
})

here.test('a browser that is killed in the middle of a download goes on after the passphrase', async () => {
  const { ben, whole } = await here.givenFilm(SIZE)
  await ben.openShare('The film')
  here.line.hold('down', SIZE / 2)
  await ben.keep()
  await here.line.held()
  const shown = await ben.bar('Progress of Fetching', SIZE / 2 - WASTE)
  await ben.crash()
  here.line.release()
  const before = await here.relay.bytesServed()
  await ben.comeBack()
  await ben.openShare('The film')
  await ben.hasAll()
  const after = (await here.relay.bytesServed()) - before
  assert.ok(after <= SIZE - shown + AROUND, `${after} bytes were served after ${shown} of ${SIZE} were shown`)
  assert.equal(digest((await ben.saveFile('film.bin')).bytes), whole.digest)
})
