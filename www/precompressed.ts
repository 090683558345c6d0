/** Puts a `.br` and a `.gz` beside each file of a build, for hosts that serve them by Accept-Encoding. */

import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** What gets smaller. Pictures do not. */
const COMPRESSIBLE = /\.(css|html|js|json|svg|wasm|webmanifest)$/
/** Bytes of a wasm that is built for work on it. To make it smallest would take minutes, and nobody ships it. */
const UNOPTIMISED = 2 ** 23
/** A host writes its own, and a stale form of it would win. */
const CONFIG = 'config.json'

export async function precompress(folder: string): Promise<void> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.filter(name => COMPRESSIBLE.test(name) && name !== CONFIG).map(name => join(folder, name))
  await Promise.all(files.flatMap(file => [brotli(file), zip(file)]))
}

async function brotli(file: string): Promise<void> {
  const bytes = readFileSync(file)
  const quality = bytes.length > UNOPTIMISED ? constants.BROTLI_MIN_QUALITY : constants.BROTLI_MAX_QUALITY
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }))
}

async function zip(file: string): Promise<void> {
  await writeFile(`${file}.gz`, await promisify(gzip)(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }))
}
