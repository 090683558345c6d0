/** The folders of a share, as the paths of its files say them. */

import { compareNames } from './order'

interface Named {
  path: string
}

export interface Folder {
  path: string
  name: string
  /** How many files are in it, at any depth, and the first of them. */
  files: number
  first: string
}

/** The folder of a file; empty at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** The name of a file or folder without its folder. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The deepest folder that holds everything: a share of one folder begins in it. */
export function commonFolder(files: readonly Named[]): string {
  let common = files[0] ? folderOf(files[0].path) : ''
  for (const { path } of files) while (common && !path.startsWith(`${common}/`)) common = folderOf(common)
  return common
}

/** What is in a folder: its files, and the folders in it in the order of their names. */
export function inFolder<T extends Named>(files: readonly T[], folder: string): { files: T[]; folders: Folder[] } {
  const start = folder ? `${folder}/` : ''
  const here: T[] = []
  const folders = new Map<string, Folder>()
  for (const file of files) {
    if (!file.path.startsWith(start)) continue
    const slash = file.path.indexOf('/', start.length)
    if (slash < 0) {
      here.push(file)
      continue
    }
    const path = file.path.slice(0, slash)
    const known = folders.get(path)
    if (known) known.files += 1
    else folders.set(path, { path, name: nameOf(path), files: 1, first: file.path })
  }
  return { files: here, folders: [...folders.values()].sort((a, b) => compareNames(a.name, b.name)) }
}

/** A folder of what is chosen, with all that is in it at any depth. */
export interface Branch<T> {
  path: string
  name: string
  files: T[]
  /** Paths of folders in which there is nothing; its own if it is one. */
  empty: string[]
}

/** What of the chosen is in a folder: its files, and the folders in it in the order of their names. */
export function branches<T extends Named>(files: readonly T[], empty: readonly string[], folder: string) {
  const start = folder ? `${folder}/` : ''
  const here: T[] = []
  const folders = new Map<string, Branch<T>>()
  const branch = (path: string) => {
    const known = folders.get(path) ?? { path, name: nameOf(path), files: [], empty: [] }
    folders.set(path, known)
    return known
  }
  for (const file of files) {
    const slash = file.path.indexOf('/', start.length)
    if (slash < 0) here.push(file)
    else branch(file.path.slice(0, slash)).files.push(file)
  }
  for (const path of empty) {
    const slash = path.indexOf('/', start.length)
    branch(slash < 0 ? path : path.slice(0, slash)).empty.push(path)
  }
  return { files: here, folders: [...folders.values()].sort((a, b) => compareNames(a.name, b.name)) }
}

/** The folders from `start`, which is left out, down to `folder`. */
export function crumbs(folder: string, start: string): { path: string; name: string }[] {
  const found: { path: string; name: string }[] = []
  for (let at = folder; at && at !== start; at = folderOf(at)) found.unshift({ path: at, name: nameOf(at) })
  return found
}
