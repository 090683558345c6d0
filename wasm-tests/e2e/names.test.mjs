// Files with any name and in any number: they are shared unchanged or refused by name, and saved where every system can
// have them.
import assert from 'node:assert/strict'
import { file, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { world } from './lib/world.mjs'
import { unzip } from './lib/zip.mjs'

const here = world()

/** Names that are odd but allowed, and what they are called where they are saved, on every system. */
const ODD = {
  'empty': 'empty',
  '🌊 sea/👩\u200d👩\u200d👧/…': '🌊 sea/👩👩👧/…',
  '...': '_',
  'a..b': 'a..b',
  '.hidden': '_hidden',
  '.git/config': '_git/config',
  'CON': '_CON',
  'nul.txt': '_nul.txt',
  '%2e%2e%2fx': '%2e%2e%2fx',
  [`"quoted" & 'so' #1?.txt`]: `_quoted_ & 'so' #1_.txt`,
  'Screenshot 10:45.png': 'Screenshot 10_45.png',
  'invoice.pdf\u200b.exe': 'invoice.pdf.exe',
  'a  b ': 'a  b',
  'end.': 'end',
  '-rf': '_rf',
  '~b.docx': '_b.docx',
  'link.url': 'link.url_',
  'e\u0301.txt': 'é.txt',
  'A.txt': 'A.txt',
  'a.txt': 'a (2).txt',
  [`${'x'.repeat(251)}.txt`]: `${'x'.repeat(236)}.txt`,
  ['日'.repeat(85)]: '日'.repeat(80),
}
/** Names that no share may have, with the message about each. */
const REFUSED = {
  '..': 'is named “.” or “..”',
  '../x': 'is named “.” or “..”',
  'a/../../x': 'is named “.” or “..”',
  './x': 'is named “.” or “..”',
  '/etc/passwd': 'has an empty part in its path',
  'a//b': 'has an empty part in its path',
  'a\\b': 'has a backslash in its name',
  '..\\x': 'has a backslash in its name',
  'a\u0000b': 'has an invisible control character in its name',
  'a\nb': 'has an invisible control character in its name',
  'a\u007fb': 'has an invisible control character in its name',
  'exe.\u202egpj.txt': 'has an invisible character in its name that reverses the text after it',
  [`${'x'.repeat(300)}`]: 'has a name longer than 255 bytes',
  [`${'日'.repeat(86)}`]: 'has a name longer than 255 bytes',
  [Array(300).fill('four').join('/')]: 'has a path longer than 1,024 bytes',
}
const MANY = process.env.SPINNEY_LONG ? 30_000 : 10_000

here.test('odd names stay in a share, and are saved under names that every system can have', async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const disk = await folder('odd')
  const own = Object.keys(ODD)
  await write(disk, Object.fromEntries(own.map(name => [`odd/${name}`, name === 'empty' ? '' : `this is ${name}`])))
  await anna.compose({ title: 'Odd: names?', folder: `${disk}/odd`, to: ['Ben'] })
  await anna.sendOff('Odd: names?')

  await ben.openShare('Odd: names?')
  assert.deepEqual(await paths(ben), own.map(name => `odd/${name}`.normalize('NFC')).sort(byBytes))
  const { name, bytes } = await ben.saveAll()
  assert.equal(name, 'Odd_ names_.zip')
  const zip = unzip(bytes)
  assert.deepEqual([...zip.keys()].sort(), Object.values(ODD).map(name => `odd/${name}`).sort())
  for (const [name, portable] of Object.entries(ODD)) {
    staysIn(`odd/${portable}`)
    assert.equal(zip.get(`odd/${portable}`).toString(), name === 'empty' ? '' : `this is ${name}`)
  }
  // One by one, under the last part of the path.
  for (const [path, portable] of [['empty', 'empty'], ['🌊 sea/👩\u200d👩\u200d👧/…', '…'], ['CON', '_CON'], [`"quoted" & 'so' #1?.txt`, `_quoted_ & 'so' #1_.txt`]]) {
    await ben.openFolder(...path.split('/').slice(0, -1))
    const { name, bytes } = await ben.saveFile(`odd/${path}`)
    assert.equal(name, portable)
    assert.deepEqual(bytes, zip.get(`odd/${ODD[path]}`))
  }
})

here.test('names that could leave a folder, hide or be cut are refused by name, and the others go on', async () => {
  const anna = await here.person('Anna')
  const names = Object.keys(REFUSED)
  await anna.compose({ title: 'Some', files: [...names, 'fine.txt'].map(name => file(name, 'x')) })
  const refusals = anna.page.getByRole('alert').getByRole('listitem')
  await refusals.nth(names.length - 1).waitFor()
  assert.deepEqual(await refusals.allTextContents(), names.map(name => `${visible(name)} ${REFUSED[name]}`))
  const { page } = anna
  await page.getByRole('alert').getByText('These are left out').waitFor()
  await page.getByRole('alert').getByText('Everything else is fine. To share these too').waitFor()
  await anna.sendOff('Some')
  assert.deepEqual(await paths(anna), ['fine.txt'])

  // Also when files are added later.
  await page.getByRole('button', { name: 'Add files' }).click()
  await page.locator('main input[type=file]:not([webkitdirectory])').setInputFiles([file('a\\b', 'x'), file('more.txt', 'x')])
  await page.getByText('These files cannot be shared: a\\b. Rename them').waitFor()
  await page.getByRole('button', { name: 'Leave it out' }).click()
  await page.getByText('is added to').waitFor()
  assert.deepEqual(await paths(anna), ['fine.txt', 'more.txt'])

  // A caller that bypasses the page is refused too, and leaves nothing behind.
  for (const name of [...names, '']) {
    const refused = await anna.api(async ({ spinney, name }) => {
      const files = [{ path: name, file: new File(['x'], 'x') }]
      return spinney.shares.create({ title: 'Bad', files, audience: { kind: 'self' } }).then(() => null, ({ code, fault }) => [code, fault])
    }, { name })
    assert.deepEqual(refused, ['invalid-name', 'user'], name)
  }
  assert.deepEqual(await anna.api(async ({ spinney }) => [await spinney.shares.drafts(), (await spinney.shares.list()).length]), [[], 1])
})

here.test('a share of nothing, for nobody, or with a title or note that is too long, is not made', async () => {
  const anna = await here.person('Anna')
  const { page } = anna
  await anna.compose({ title: 'Nothing' })
  const refused = async (button, says) => {
    await button.click()
    await page.getByRole('alert').getByText(says).waitFor()
  }
  await refused(anna.send, 'Choose at least one file, or write a note.')
  await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(file('a.txt', 'a'))
  await page.getByLabel('Title').fill('x'.repeat(201))
  await refused(anna.send, 'A title has at most 200 characters.')
  await page.getByLabel('Title').fill('Nothing')
  await anna.note('x'.repeat(10_001))
  await refused(anna.send, 'A note has at most 10,000 characters.')
  await anna.note('')
  await page.getByRole('radio', { name: 'People you choose' }).check({ force: true })
  await refused(page.locator('main').getByRole('button', { name: 'Share', exact: true }), 'Choose who may open it.')
  assert.equal(await anna.api(({ spinney }) => spinney.shares.create({ title: 'Nothing', files: [], audience: { kind: 'self' } }).catch(({ code }) => code)), 'invalid-name')
  assert.deepEqual(await anna.titles(), [])
})

here.test(`${MANY} files are chosen, shared, listed and saved`, async () => {
  const [anna, ben] = await here.friends('Anna', 'Ben')
  const disk = await folder('many')
  const files = Object.fromEntries(Array.from({ length: MANY }, (_, n) => [`many/${n % 100}/${n}.txt`, `number ${n}`]))
  await write(disk, files)
  await anna.compose({ title: 'Very many', folder: `${disk}/many`, to: ['Ben'] })
  await anna.page.getByText(`${MANY.toLocaleString('en')} files`).first().waitFor()
  await anna.sendOff('Very many', LONG)
  await anna.kept(LONG)

  await ben.openShare('Very many')
  await ben.page.getByText(`${MANY.toLocaleString('en')} files`).first().waitFor()
  const zip = unzip((await ben.saveAll()).bytes)
  assert.equal(zip.size, MANY)
  for (const [path, content] of Object.entries(files)) assert.equal(zip.get(path)?.toString(), content, path)
}, { timeout: 600_000 })

/** The time limit for what concerns all of them. */
const LONG = 240_000

/** No part of it goes up, and it does not start at the root of any system. */
function staysIn(path) {
  assert.ok(path.split('/').every(part => part !== '' && part !== '.' && part !== '..'), path)
  assert.doesNotMatch(path, /[\\\u0000-\u001f\u007f]|^[a-z]:/i)
}

/** A refused name as the page shows it: what reverses text is left out of everything that is shown. */
const visible = name => name.replace('\u202e', '').replace(/[\u0000-\u001f\u007f]/g, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** The paths of the first share. */
const paths = person => person.api(async ({ spinney }) => {
  const [share] = await spinney.shares.list()
  return (await spinney.shares.files(share.id)).map(({ path }) => path)
})

/** The order of bytes, in which shares list their files. */
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))
