// Directories that are kept in step: the handles that a browser lets us keep, and what is done with them. Windows keep and
// allow handles; the engine's worker reads and writes through them. Nothing here decides what is written.

import type { DirectoryChanges } from './directory-changes'

/** Why a directory does not do what is asked. The engine knows these words (crate/src/js/directories.rs). */
export interface Trouble {
  kind: 'gone' | 'permission' | 'changed' | 'name' | 'full' | 'failed'
  message: string
}

/** What tells one state of a file from another without reading it. */
export interface Stamp {
  size: number
  modified: number
}

/** What browsers that let a person choose folders have beside the standard's types. */
export interface Permitted {
  queryPermission?(descriptor: { mode: 'readwrite' }): Promise<PermissionState>
  requestPermission?(descriptor: { mode: 'readwrite' }): Promise<PermissionState>
}

/** The handles of one namespace, by ids that the engine knows. */
export class Directories {
  readonly #name: string
  readonly #changes: DirectoryChanges | undefined

  /** `changes` watches those that are opened. */
  constructor(namespace: string, changes?: DirectoryChanges) {
    this.#name = `${namespace}/directories`
    this.#changes = changes
  }

  /** Keeps a handle. Returns false if this directory is kept already. */
  async keep(id: string, handle: FileSystemDirectoryHandle): Promise<boolean> {
    const known = await this.#run('readonly', store => store.getAll() as IDBRequest<FileSystemDirectoryHandle[]>)
    for (const each of known) if (await each.isSameEntry(handle)) return false
    await this.#run('readwrite', store => store.put(handle, id))
    return true
  }

  async handle(id: string): Promise<FileSystemDirectoryHandle | undefined> {
    return this.#run('readonly', store => store.get(id) as IDBRequest<FileSystemDirectoryHandle | undefined>)
  }

  async open(id: string): Promise<Directory | null> {
    const handle = await this.handle(id)
    if (!handle) return null
    this.#changes?.watch(id, handle)
    return new Directory(handle)
  }

  async forget(id: string): Promise<void> {
    this.#changes?.forget(id)
    await this.#run('readwrite', store => store.delete(id))
  }

  async #run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const opening = indexedDB.open(this.#name, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('handles')
    const database = await answer(opening)
    try {
      return await answer(ask(database.transaction('handles', mode).objectStore('handles')))
    } finally {
      database.close()
    }
  }
}

/** A directory on a disk of the person. Paths have `/` between names; the top is an empty path. */
export class Directory {
  readonly #top: FileSystemDirectoryHandle & Permitted

  constructor(handle: FileSystemDirectoryHandle) {
    this.#top = handle
  }

  /** Resolves if the directory is there and may be read and written without asking the person. */
  async check(): Promise<void> {
    const permission = await this.#top.queryPermission?.({ mode: 'readwrite' })
    if (permission !== undefined && permission !== 'granted') throw trouble('permission', 'allow this page to use the folder again')
    await told('', async () => {
      for await (const _ of this.#top.keys()) break
    }).catch(reason => {
      throw isTrouble(reason) && reason.kind === 'changed' ? trouble('gone', 'the folder is gone') : reason
    })
  }

  /** What is directly in a folder. */
  async list(path: string): Promise<{ name: string; stamp?: Stamp }[]> {
    return told(path, async () => {
      const found: Promise<{ name: string; stamp?: Stamp }>[] = []
      for await (const [name, handle] of (await this.#folder(path)).entries()) {
        found.push(isFile(handle) ? handle.getFile().then(file => ({ name, stamp: stampOf(file) })) : Promise.resolve({ name }))
      }
      return Promise.all(found)
    })
  }

  /** How a file looks now; `null` if there is none. */
  async stamp(path: string): Promise<Stamp | null> {
    try {
      return stampOf(await this.#file(path))
    } catch (reason) {
      if (nameOf(reason) === 'NotFoundError' || nameOf(reason) === 'TypeMismatchError' || reason instanceof TypeError) return null
      throw troubleOf(path, reason)
    }
  }

  async open(path: string): Promise<File> {
    return told(path, () => this.#file(path))
  }

  /** Begins to write a file aside. The browser makes an empty one first, if there is none. */
  async replace(path: string): Promise<Replacement> {
    const before = await this.stamp(path)
    return told(path, async () => {
      const [parent, name] = await this.#parent(path, true)
      const handle = await parent.getFileHandle(name, { create: true })
      const made = before ? null : stampOf(await handle.getFile())
      return new Replacement(parent, handle, await handle.createWritable(), made)
    })
  }

  /** Removes a file that looks so. */
  async remove(path: string, size: number, modified: number): Promise<void> {
    if (!isSame(await this.stamp(path), { size, modified })) throw trouble('changed', `${path} changed`)
    await told(path, async () => {
      const [parent, name] = await this.#parent(path, false)
      await parent.removeEntry(name)
    })
  }

  /** Makes a folder, and those above it. */
  async makeFolder(path: string): Promise<void> {
    await told(path, () => this.#folder(path, true))
  }

  /** Removes a folder in which there is nothing. One that is gone is no trouble. */
  async removeFolder(path: string): Promise<void> {
    try {
      const [parent, name] = await this.#parent(path, false)
      // By its name alone a file would go too.
      await parent.getDirectoryHandle(name)
      await parent.removeEntry(name)
    } catch (reason) {
      switch (nameOf(reason)) {
        case 'NotFoundError':
          return
        case 'InvalidModificationError':
        case 'TypeMismatchError':
          throw trouble('changed', `something is in ${path}`)
        default:
          throw troubleOf(path, reason)
      }
    }
  }

  async #file(path: string): Promise<File> {
    const [parent, name] = await this.#parent(path, false)
    return (await parent.getFileHandle(name)).getFile()
  }

  async #parent(path: string, create: boolean): Promise<[FileSystemDirectoryHandle, string]> {
    return [await this.#folder(above(path), create), path.slice(path.lastIndexOf('/') + 1)]
  }

  async #folder(path: string, create = false): Promise<FileSystemDirectoryHandle> {
    let folder: FileSystemDirectoryHandle = this.#top
    for (const name of path === '' ? [] : path.split('/')) folder = await folder.getDirectoryHandle(name, { create })
    return folder
  }
}

/** A file that is written aside. Nothing has changed until it is finished. */
export class Replacement {
  readonly #parent: FileSystemDirectoryHandle
  readonly #handle: FileSystemFileHandle
  readonly #stream: FileSystemWritableFileStream
  /** How the empty file looks that the browser made. */
  readonly #made: Stamp | null

  constructor(parent: FileSystemDirectoryHandle, handle: FileSystemFileHandle, stream: FileSystemWritableFileStream, made: Stamp | null) {
    this.#parent = parent
    this.#handle = handle
    this.#stream = stream
    this.#made = made
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await told(this.#handle.name, () => this.#stream.write(bytes))
  }

  /** Puts it in the place of what looks so, or where nothing was. */
  async finish(expected: Stamp | null): Promise<Stamp> {
    return told(this.#handle.name, async () => {
      const now = stampOf(await this.#handle.getFile())
      if (!isSame(now, expected ?? this.#made)) {
        await this.#stream.abort()
        throw trouble('changed', `${this.#handle.name} changed`)
      }
      await this.#stream.close()
      return stampOf(await this.#handle.getFile())
    })
  }

  /** Gives it up. An empty file that the browser made goes, if it is empty still. */
  async abort(): Promise<void> {
    await this.#stream.abort()
    if (this.#made && isSame(stampOf(await this.#handle.getFile()), this.#made)) await this.#parent.removeEntry(this.#handle.name)
  }
}

const stampOf = (file: File): Stamp => ({ size: file.size, modified: file.lastModified })

const isSame = (one: Stamp | null, other: Stamp | null) => one?.size === other?.size && one?.modified === other?.modified

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file'

const above = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const trouble = (kind: Trouble['kind'], message: string): Trouble => ({ kind, message })

const isTrouble = (reason: unknown): reason is Trouble => typeof reason === 'object' && reason !== null && 'kind' in reason

const nameOf = (reason: unknown) => (reason instanceof DOMException ? reason.name : '')

/** Does something, and says in the engine's words why it failed. */
async function told<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (reason) {
    throw troubleOf(path, reason)
  }
}

function troubleOf(path: string, reason: unknown): Trouble {
  if (isTrouble(reason)) return reason
  const message = reason instanceof Error ? reason.message : String(reason)
  // A name that a browser never allows is the wrong argument. What it looks through and refuses is aborted.
  if (reason instanceof TypeError) return trouble('name', message)
  switch (nameOf(reason)) {
    case 'NotFoundError':
    case 'NotReadableError':
    case 'TypeMismatchError':
    case 'InvalidStateError':
      return path === '' ? trouble('gone', message) : trouble('changed', message)
    case 'NotAllowedError':
    case 'SecurityError':
      return trouble('permission', message)
    case 'QuotaExceededError':
      return trouble('full', message)
    case 'NoModificationAllowedError':
      return trouble('failed', `${path || 'the folder'} can only be read here: allow writing to it, or keep another folder in step`)
    case 'AbortError':
    case 'InvalidModificationError':
      return trouble('name', message)
    default:
      return trouble('failed', message)
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
