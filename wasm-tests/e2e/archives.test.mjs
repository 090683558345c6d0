// A zip that the page makes opens in the programs that people have, with names and times that their systems can have.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { MEGABYTE, noise, write } from './lib/files.mjs'
import { folder } from './lib/place.mjs'
import { world } from './lib/world.mjs'
import { unportableNames } from './lib/zip.mjs'

const here = world({ env: { ...process.env, TZ: 'America/New_York' } })

/** Files with the time at which each was changed, and that time in New York as DOS knows it. */
const TIMES = {
  'summer.txt': ['2025-07-01T14:00:00Z', '2025-07-01 10:00:00'],
  'winter.txt': ['2025-01-15T14:00:00Z', '2025-01-15 09:00:00'],
  '2040.txt': ['2040-06-01T12:00:00Z', '2040-06-01 08:00:00'],
  '2108.txt': ['2108-06-01T12:00:00Z', '2107-12-31 23:59:58'],
}
/** Names in the share, and in the zip. */
const NAMES = {
  'Screenshot 10:45.txt': 'Screenshot 10_45.txt', 'who?.txt': 'who_.txt', 'nul.txt': '_nul.txt', 'end.': 'end',
  'A.txt': 'A.txt', 'a.txt': 'a (2).txt', 'Dir/y': 'Dir/y', 'dir/x': 'dir (2)/x', 'e\u0301.txt': 'é.txt', '🌊.txt': '🌊.txt',
}

const PYTHON = `
import sys, json, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps({i.filename: '%04d-%02d-%02d %02d:%02d:%02d' % i.date_time for i in archive.infolist()}))
`

/** Reads an archive from a pipe, as it comes, and prints the names and sizes. */
const JAVA = `
import java.util.zip.*;
class Stream {
  public static void main(String[] args) throws Exception {
    ZipInputStream zip = new ZipInputStream(System.in, java.nio.charset.StandardCharsets.UTF_8);
    java.io.PrintStream out = new java.io.PrintStream(System.out, true, "UTF-8");
    for (ZipEntry entry; (entry = zip.getNextEntry()) != null;) out.println(zip.readAllBytes().length + " " + entry.getName());
  }
}
`

here.test('a zip opens in Info-ZIP, 7-Zip, bsdtar, Python and Java, whole or from a pipe', async context => {
  const anna = await here.person('Anna')
  const disk = await folder('archive')
  const files = Object.fromEntries([...Object.keys(TIMES), ...Object.keys(NAMES)].map(name => [name, `this is ${name}`]))
  Object.assign(files, { empty: '', 'film.bin': noise(3 * MEGABYTE + 1), 'block.bin': noise(65_535) })
  await write(path.join(disk, 'top'), files)
  for (const [name, [time]] of Object.entries(TIMES)) await utimes(path.join(disk, 'top', name), new Date(time), new Date(time))
  await anna.share({ title: 'All', folder: path.join(disk, 'top') })
  const zip = path.join(disk, 'all.zip')
  const { bytes } = await anna.saveAll()
  await writeFile(zip, bytes)

  const expected = Object.fromEntries(Object.entries(files).map(([name, content]) => [`top/${NAMES[name] ?? name}`, Buffer.from(content)]))
  const names = Object.keys(expected).sort()
  const run = (program, args, options) => execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' }, ...options })
  run('unzip', ['-tq', zip])
  run('7zz', ['t', zip])
  assert.deepEqual(run('bsdtar', ['-tf', zip]).trim().split('\n').sort(), names)

  const times = JSON.parse(run('python3', ['-c', PYTHON, zip]))
  assert.deepEqual(Object.keys(times).sort(), names)
  for (const [name, [, local]] of Object.entries(TIMES)) assert.equal(times[`top/${name}`], local, name)
  assert.deepEqual(unportableNames(Object.keys(times)), [])

  // As it comes, without its list.
  for (const [tool, unpack] of Object.entries({
    unzip: to => run('unzip', ['-q', zip, '-d', to]),
    pipe: to => run('bsdtar', ['-xf', '-', '-C', to], { input: bytes }),
  })) {
    const to = path.join(disk, tool)
    await mkdir(to)
    unpack(to)
    for (const [name, content] of Object.entries(expected)) assert.ok((await readFile(path.join(to, name))).equals(content), `${tool}: ${name}`)
  }
  // The one of these that is a large package: it is used where it is there.
  if (spawnSync('javac', ['-version']).error) return context.diagnostic('Java is not here')
  await writeFile(path.join(disk, 'Stream.java'), JAVA)
  const java = run('java', [path.join(disk, 'Stream.java')], { input: bytes }).trim().split('\n').sort()
  assert.deepEqual(java, Object.entries(expected).map(([name, content]) => `${content.length} ${name}`).sort())
})

here.test('titles that make no file name still make an archive with its ending', async () => {
  const anna = await here.person('Anna')
  for (const [title, name] of [
    ['日'.repeat(120), `${'日'.repeat(78)}.zip`],
    ['🌊'.repeat(200), `${'🌊'.repeat(59)}.zip`],
    ['...', '_.zip'],
    ['a/b: c?', 'a_b_ c_.zip'],
  ]) {
    await anna.share({ title, files: [{ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') }] })
    const saved = await anna.saveAll()
    assert.equal(saved.name, name)
    assert.ok(Buffer.byteLength(saved.name) <= 255)
  }
})
