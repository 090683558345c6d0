// A real folder on a disk, picked in the dialog of the system and allowed in the prompt of the browser.
import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { file } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { missing, Screen } from './lib/screen.mjs'
import { until } from './lib/until.mjs'
import { world } from './lib/world.mjs'

const here = world()

/** What Chromium calls the dialog of the system. */
const DIALOG = 'Select where this site can save changes'

const lacks = await missing()
const skip = !process.env.SPINNEY_LONG || (lacks.length > 0 && `no real folder picker without ${lacks.join(', ')}`)

here.test('a folder that is picked in the dialog of the system is kept in step', async () => {
  const screen = await Screen.open()
  try {
    const papers = path.join(await folder('picked'), 'Papers')
    await mkdir(path.join(papers, 'dir', 'empty'), { recursive: true })
    await writeFile(path.join(papers, 'plan.txt'), 'first')

    const laptop = await here.person('Anna', { screen })
    await laptop.go('settings')
    await laptop.page.getByRole('button', { name: 'Keep a folder in step' }).click()
    await screen.front(DIALOG)
    await screen.press('ctrl+l')
    await screen.type(papers)
    // The button "Open": the key Enter would answer the prompt that follows, too.
    await screen.press('alt+o')
    await screen.gone(DIALOG)
    await screen.prompt()
    // Its first button says no.
    await screen.press('Tab', 'Return')
    await laptop.page.getByText('in step', { exact: true }).waitFor()
    await laptop.published()

    // What comes from another device is on the disk, and what is done on the disk comes to it.
    const phone = await here.again(laptop)
    await phone.openShare('Papers')
    await phone.addFiles([file('from the phone.txt', 'of the phone')])
    const added = path.join(papers, 'from the phone.txt')
    await until(() => readFile(added, 'utf8').catch(() => null), 'of the phone')
    assert.equal(await readFile(path.join(papers, 'plan.txt'), 'utf8'), 'first')
    await rm(path.join(papers, 'plan.txt'))
    await laptop.openShare('Papers')
    await laptop.page.getByRole('button', { name: 'Look now' }).click()
    await phone.page.getByText('plan.txt').first().waitFor({ state: 'detached' })
  } finally {
    screen.close()
  }
}, { skip })
