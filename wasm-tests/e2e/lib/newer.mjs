// A newer build of the page, made from the one that is there: other names of hashed files, and another build id.
import { cp, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { folder } from './place.mjs'

const TEXTS = /\.(css|html|js|json|webmanifest)$/
/** How a built page names its build: sixteen hexadecimal digits in quotes. */
const BUILD = /(["'`])([0-9a-f]{16})\1/

/** Copies the page of `dist` as a build of another version. Returns the copy. */
export async function newer(dist) {
  const copy = await folder('newer')
  await cp(dist, copy, { recursive: true })
  const assets = path.join(copy, 'assets')
  const names = (await readdir(assets)).map(name => [name, name.replace(/(\.[a-z]+)$/, '-newer$1')])
  for (const [name, next] of names) await rename(path.join(assets, name), path.join(assets, next))
  const sw = await readFile(path.join(copy, 'sw.js'), 'utf8')
  const id = /spinney-shell-([0-9a-f]{16})/.exec(sw)?.[1] ?? BUILD.exec(sw)?.[2]
  if (!id) throw new Error('sw.js names no build')
  const other = [...id].reverse().join('')
  for (const place of [copy, assets]) {
    for (const name of (await readdir(place)).filter(name => TEXTS.test(name))) {
      const file = path.join(place, name)
      let text = (await readFile(file, 'utf8')).replaceAll(id, other)
      for (const [before, after] of names) text = text.replaceAll(before, after)
      await writeFile(file, text)
    }
  }
  return copy
}
