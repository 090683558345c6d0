/** Gives each chosen file a path of its own in the share. */

import { uniquePath } from './paths.ts'
import { isReadable, sameBytes } from './same-bytes.ts'

export interface ChosenFile {
  /** Its path in the share. */
  path: string
  /** The path under which it was chosen, in normal form C. */
  chosenAs: string
  file: File
}

/** What became of a file: it comes under this path, in the place of an older one, or not at all. */
export type Outcome = { added: string } | { replaced: string } | 'same' | 'unreadable'

/**
 * The files of one share while they are chosen.
 *
 * A file with the bytes and the name of another is the same file, chosen twice. A different file with that name gets
 * another one, and so does a file with the name of a folder. Names that differ by their case stay.
 */
export class ChosenFiles {
  readonly #files = new Map<string, ChosenFile>()
  readonly #chosen = new Map<string, ChosenFile[]>()
  readonly #folders = new Set<string>()

  constructor(files: Iterable<ChosenFile> = [], folders: Iterable<string> = []) {
    for (const { path, chosenAs, file } of files) this.#put({ path, chosenAs, file })
    for (const folder of folders) this.#putFolder(folder)
  }

  /** Adds a file. A file that was chosen before and cannot be read any more is replaced by it. */
  async add(chosenAs: string, file: File): Promise<Outcome> {
    for (const known of this.#chosen.get(chosenAs) ?? []) {
      try {
        if (await sameBytes(known.file, file)) return 'same'
      } catch {
        if (!(await isReadable(file))) return 'unreadable'
        if (await isReadable(known.file)) continue
        known.file = file
        return { replaced: known.path }
      }
    }
    const path = uniquePath(this.#below(chosenAs), path => this.#files.has(path) || this.#folders.has(path))
    this.#put({ path, chosenAs, file })
    return { added: path }
  }

  /** The path in the share of a folder that was chosen. */
  addFolder(path: string): string {
    const free = this.#below(`${path}/`).slice(0, -1)
    this.#putFolder(free)
    return free
  }

  /** The path with other names for those of its folders that have the name of a file. */
  #below(path: string): string {
    const [name, ...folders] = path.split('/').reverse()
    let way = ''
    for (const folder of folders.reverse()) way = `${uniquePath(way + folder, path => this.#files.has(path))}/`
    return way + name
  }

  #put(file: ChosenFile): void {
    this.#files.set(file.path, file)
    this.#chosen.set(file.chosenAs, [...(this.#chosen.get(file.chosenAs) ?? []), file])
    this.#putFolder(parent(file.path))
  }

  #putFolder(path: string): void {
    for (let folder = path; folder && !this.#folders.has(folder); folder = parent(folder)) this.#folders.add(folder)
  }
}

/** Those folders in which there is nothing, neither a file nor a folder. */
export function emptyAmong(folders: Iterable<string>, files: Iterable<{ path: string }>): string[] {
  const filled = new Set<string>()
  const all = new Set(folders)
  const fill = (path: string) => {
    for (let folder = parent(path); folder && !filled.has(folder); folder = parent(folder)) filled.add(folder)
  }
  for (const { path } of files) fill(path)
  for (const folder of all) fill(folder)
  return [...all].filter(folder => !filled.has(folder)).sort()
}

const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')))
