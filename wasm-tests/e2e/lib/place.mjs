// Temporary folders and free ports, given back when a test file ends.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../../..')

const folders = []

/** A new empty folder. */
export async function folder(name) {
  const made = await mkdtemp(path.join(tmpdir(), `spinney-${name}-`))
  folders.push(made)
  return made
}

/** Removes every folder that this process made. */
export async function removeFolders() {
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true, maxRetries: 5 })
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer()
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise(resolve => server.close(resolve))
  return port
}
