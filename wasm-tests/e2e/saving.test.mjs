// Saving into a folder: nothing that is there is touched, and the person hears what became of the names. A folder of the
// origin's own file system stands in for the one that a person picks.
import assert from 'node:assert/strict'
import { file, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

here.test('saving again into a folder writes only what is new, and leaves alone what was there', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const names = ['IMG_0001.txt', 'notes/list.txt']
  const source = await folder('saving')
  await write(source, Object.fromEntries(names.map(name => [`top/${name}`, `this is ${name}`])))
  await anna.share({ title: 'Summer', folder: `${source}/top`, to: ['Ben'] })
  await picks(ben)
  await put(ben, { 'IMG_0001.txt': 'my own', 'Summer/IMG_0001.txt': 'my own summer', 'summer (2)': 'a file' })
  await ben.openShare('Summer')
  await saveIntoFolder(ben)
  await ben.hears('Everything is saved in the new folder “Summer (2)”.')
  await saveIntoFolder(ben)
  await ben.hears('Everything is saved in the folder “Summer (2)”. It was there already.')
  await put(ben, { 'Summer (2)/top/IMG_0001.txt': 'this is changed by me' })
  await saveIntoFolder(ben)
  await ben.hears('1 file is new, the others were there already.')
  assert.deepEqual(await disk(ben), {
    'IMG_0001.txt': 'my own',
    'Summer/IMG_0001.txt': 'my own summer',
    'Summer (2)/top/IMG_0001 (2).txt': 'this is IMG_0001.txt',
    'Summer (2)/top/IMG_0001.txt': 'this is changed by me',
    'Summer (2)/top/notes/list.txt': 'this is notes/list.txt',
    'summer (2)': 'a file',
  })
})

here.test('names that not every system can have are changed, and the page says which', async () => {
  const anna = await here.person('Anna')
  const files = ['.envrc', 'Screenshot 10:45.txt', 'A.txt', 'a.txt', 'plain.txt'].map(name => file(name, name, 'text/plain'))
  await anna.share({ title: 'Odd: names', files })
  await picks(anna)
  await saveIntoFolder(anna)
  await anna.hears('3 files have another name there.')
  assert.deepEqual(await disk(anna), {
    'Odd_ names/A.txt': 'A.txt',
    'Odd_ names/Screenshot 10_45.txt': 'Screenshot 10:45.txt',
    'Odd_ names/_envrc': '.envrc',
    'Odd_ names/a (2).txt': 'a.txt',
    'Odd_ names/plain.txt': 'plain.txt',
  })
  await anna.go('transfers')
  const { page } = anna
  await page.getByText('Saved in the folder “Odd_ names”').waitFor()
  await page.getByText('3 files have other names there').click()
  assert.deepEqual(await page.locator('.saved-names li').allTextContents(), [
    '.envrc saved as _envrc',
    'Screenshot 10:45.txt saved as Screenshot 10_45.txt',
    'a.txt saved as a (2).txt',
  ])
})

here.test('a saving that is cancelled leaves no half of a file', async () => {
  const anna = await here.person('Anna')
  await anna.share({ title: 'Large', files: [file('a.txt', 'a'), file('large.bin', Buffer.alloc(40_000_000, 7))] })
  await picks(anna)
  const saved = await anna.api(async ({ spinney }) => {
    const [share] = await spinney.shares.list()
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked')
    const events = spinney.events()
    const id = await spinney.shares.save(share.id, top)
    let cancelled = false
    for await (const event of events) {
      if (event.type !== 'transfer' || event.id !== id) continue
      if (!cancelled && event.files?.some(({ path, bytes }) => path === 'large.bin' && bytes < 40_000_000)) {
        cancelled = true
        await spinney.transfers.cancel(id)
      }
      if (['done', 'failed', 'cancelled'].includes(event.state)) return event.state
    }
  })
  assert.equal(saved, 'cancelled')
  // The browser removes it after the writing was aborted, of which no event tells.
  await until(() => disk(anna), { 'Large/a.txt': 'a' })
})

here.test('a saving whose folder is gone says that it broke off, and goes on in a folder that is there', async () => {
  const anna = await here.person('Anna')
  await anna.share({ title: 'Notes', files: [file('a.txt', 'a')] })
  await picks(anna)
  await anna.page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('picked'))
  await saveIntoFolder(anna)
  await anna.hears('Saving into a folder broke off. The folder was moved or removed.')
  await picks(anna)
  await saveIntoFolder(anna)
  await anna.hears('Everything is saved in the new folder “Notes”.')
})

/** Has the person pick a folder of the origin's own file system, whenever they are asked for one. */
const picks = person => person.page.evaluate(async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true })
  window.showDirectoryPicker = async () => folder
})

const saveIntoFolder = person => person.page.getByRole('button', { name: 'Save into a folder' }).click()

/** Puts files into the folder that is picked, by path. */
const put = (person, files) => person.page.evaluate(async files => {
  for (const [path, text] of Object.entries(files)) {
    let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked')
    const parts = path.split('/')
    const name = parts.pop()
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true })
    const stream = await (await folder.getFileHandle(name, { create: true })).createWritable()
    await stream.write(text)
    await stream.close()
  }
}, files)

/** What is in the folder that is picked, by path. */
const disk = person => person.page.evaluate(async () => {
  const found = {}
  const walk = async (folder, before) => {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === 'directory') await walk(handle, `${before}${name}/`)
      else found[before + name] = await (await handle.getFile()).text()
    }
  }
  await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle('picked'), '')
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
})
