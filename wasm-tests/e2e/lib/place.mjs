// Temporary folders, removed when a test file ends.
import { mkdtemp, rm } from 'node:fs/promises'
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
  // After a browser has ended, its processes may write for some moments more.
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true, maxRetries: 20 })
}
