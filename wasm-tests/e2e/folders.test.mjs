// A folder that is kept in step between two browsers of one person. A folder of the origin's own file system stands in for
// the one that a person picks.
import assert from 'node:assert/strict'
import { file } from './lib/files.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** Has the person pick a folder of the origin's own file system, each time they are asked for one. */
const picks = person =>
  person.page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('Papers', { create: true })
    window.showDirectoryPicker = async () => folder
  })

/** Writes files into the folder, as another program does; `null` deletes one. */
const put = (person, files) =>
  person.page.evaluate(async files => {
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('Papers', { create: true })
    for (const [path, text] of Object.entries(files)) {
      const parts = path.split('/')
      const name = parts.pop()
      let folder = top
      for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true })
      if (text === null) {
        await folder.removeEntry(name)
        continue
      }
      const stream = await (await folder.getFileHandle(name, { create: true })).createWritable()
      await stream.write(text)
      await stream.close()
    }
  }, files)

/** Every file of the folder, with its text; `null` of one that is written at this moment. */
const disk = person =>
  person.page.evaluate(async () => {
    const files = {}
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === 'directory') await walk(handle, `${path}${name}/`)
        else files[path + name] = await handle.getFile().then(file => file.text()).catch(() => null)
      }
    }
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle('Papers', { create: true }), '')
    return files
  })

/** Every folder in which there is nothing. */
const emptyFolders = person =>
  person.page.evaluate(async () => {
    const empty = []
    const walk = async (folder, path) => {
      let count = 0
      for await (const [name, handle] of folder.entries()) {
        count++
        if (handle.kind === 'directory') await walk(handle, `${path}${name}/`)
      }
      if (count === 0 && path) empty.push(path)
    }
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle('Papers', { create: true }), '')
    return empty.sort()
  })

/** Makes empty folders, and removes others with all that is in them. */
const folders = (person, make, remove = []) =>
  person.page.evaluate(async ({ make, remove }) => {
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('Papers', { create: true })
    for (const name of make) await top.getDirectoryHandle(name, { create: true })
    for (const name of remove) await top.removeEntry(name, { recursive: true })
  }, { make, remove })

async function lookNow(person) {
  await person.page.getByRole('button', { name: 'Look now' }).click()
}

here.test('what I share with myself is on my other device, with its files', async () => {
  const laptop = await here.person('Anna')
  await laptop.share({ title: 'My papers', files: [file('a.txt', 'of the laptop')] })
  await laptop.kept()
  await laptop.published()
  const phone = await here.again(laptop)
  await phone.openShare('My papers')
  assert.equal((await phone.saveFile('a.txt')).bytes.toString(), 'of the laptop')
})

here.test('a folder is kept in step between two browsers, conflicts keep both versions, and what happened is undone', async () => {
  const laptop = await here.person('Anna')
  await picks(laptop)
  await put(laptop, { 'plan.txt': 'first', 'dir/notes.txt': 'notes' })
  await laptop.go('settings')
  await laptop.page.getByRole('button', { name: 'Keep a folder in step' }).click()
  await laptop.hears('“Papers” is kept in step.')
  await laptop.page.getByText('in step', { exact: true }).waitFor()
  await laptop.published()
  const phone = await here.again(laptop)
  await picks(phone)
  await phone.openShare('Papers')
  await phone.page.getByRole('button', { name: 'Keep a folder in step' }).click()
  await until(() => disk(phone), { 'plan.txt': 'first', 'dir/notes.txt': 'notes' })

  // Changes and deletions come to the other one. The system tells of them: nobody presses "Look now".
  await put(phone, { 'plan.txt': 'second', 'dir/notes.txt': null, 'new.txt': 'new' })
  // By itself it looks each minute only.
  await until(() => disk(laptop), { 'plan.txt': 'second', 'new.txt': 'new' }, 40_000)

  // What was deleted comes back, here and there.
  await laptop.openShare('Papers')
  await laptop.page.getByRole('button', { name: 'Journal' }).click()
  await laptop.page.getByRole('button', { name: 'Undo: dir/notes.txt' }).click()
  await laptop.hears('dir/notes.txt is as it was.')
  await until(() => disk(phone), { 'plan.txt': 'second', 'new.txt': 'new', 'dir/notes.txt': 'notes' })
  await laptop.page.keyboard.press('Escape')

  // Both change one file before either hears of the other.
  await Promise.all([put(laptop, { 'plan.txt': 'of the laptop' }), put(phone, { 'plan.txt': 'of the phone' })])
  await lookNow(laptop)
  await lookNow(phone)
  const texts = async person => Object.values(await disk(person)).sort()
  const both = ['new', 'notes', 'of the laptop', 'of the phone']
  await until(() => texts(laptop), both)
  await until(() => texts(phone), both)
  await until(async () => JSON.stringify(await disk(laptop)) === JSON.stringify(await disk(phone)), true)
})

here.test('empty folders are kept in step, too: made, emptied, renamed, deleted, and brought back', async () => {
  const laptop = await here.person('Anna')
  await picks(laptop)
  await put(laptop, { 'plan.txt': 'first', 'dir/notes.txt': 'notes' })
  await folders(laptop, ['new'])
  await laptop.go('settings')
  await laptop.page.getByRole('button', { name: 'Keep a folder in step' }).click()
  await laptop.page.getByText('in step', { exact: true }).waitFor()
  await laptop.published()
  const phone = await here.again(laptop)
  await picks(phone)
  await phone.openShare('Papers')
  await phone.page.getByRole('button', { name: 'Keep a folder in step' }).click()
  await until(() => disk(phone), { 'plan.txt': 'first', 'dir/notes.txt': 'notes' })
  await until(() => emptyFolders(phone), ['new/'])

  // The last file of one goes, and the other one is renamed.
  await put(phone, { 'dir/notes.txt': null })
  await folders(phone, ['other'], ['new'])
  await lookNow(phone)
  await until(() => emptyFolders(laptop), ['dir/', 'other/'], 40_000)
  await until(() => disk(laptop), { 'plan.txt': 'first' })
  await folders(laptop, [], ['dir'])
  await laptop.openShare('Papers')
  await lookNow(laptop)
  await until(() => emptyFolders(phone), ['other/'], 40_000)
  await laptop.page.getByRole('button', { name: 'Journal' }).click()
  await laptop.page.getByRole('button', { name: 'Undo: dir/', exact: true }).click()
  await laptop.hears('dir/ is as it was.')
  await until(() => emptyFolders(phone), ['dir/', 'other/'], 40_000)
})

here.test('a folder is bound still after a reload, and stops on a click', async () => {
  const anna = await here.person('Anna')
  await picks(anna)
  await put(anna, { 'first.txt': 'a' })
  await anna.go('settings')
  await anna.page.getByRole('button', { name: 'Keep a folder in step' }).click()
  await anna.page.getByText('in step', { exact: true }).waitFor()
  await anna.page.reload()
  await anna.unlock()
  await put(anna, { 'second.txt': 'b' })
  await anna.openShare('Papers')
  await lookNow(anna)
  await anna.page.getByText('second.txt').first().waitFor()
  // Its disk was taken out: nothing is deleted.
  await anna.page.evaluate(async () => (await navigator.storage.getDirectory()).removeEntry('Papers', { recursive: true }))
  await lookNow(anna)
  await anna.page.getByText('The folder is gone: it was moved or deleted').waitFor()
  await anna.page.getByRole('button', { name: 'Stop' }).click()
  await anna.hears('“Papers” is kept in step no longer. Its files stay.')
})

here.test('a browser that opens no folders says so', async () => {
  const anna = await here.person('Anna')
  await anna.page.addInitScript(() => delete window.showDirectoryPicker)
  await anna.page.reload()
  await anna.unlock()
  await anna.go('settings')
  await anna.page.getByText('This browser cannot open folders.').waitFor()
})
