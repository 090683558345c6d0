/** Files from drag and drop, the clipboard or a file picker, with their paths inside the chosen folder. */

import { systemFile } from './system-files.ts'

export interface SelectedFile {
  path: string
  file: File
}

/** What comes with a choice: a file, a folder, or the path of something that the browser cannot read. */
export type Found = SelectedFile | { path: string; file?: undefined; is: 'folder' | 'unreadable' | 'nameless' }

/** All files and folders in a drop or in the clipboard. Call it within the event, which empties the list at its end. */
export function filesFromTransfer(items: DataTransferItemList): AsyncGenerator<Found> {
  return walkAll([...items].filter(item => item.kind === 'file').map(item => item.webkitGetAsEntry() ?? item.getAsFile()))
}

/** Files of an `<input type=file>`. Files of a folder have a relative path. */
export const filesFromInput = (list: FileList): SelectedFile[] =>
  [...list].map(file => ({ path: (file.webkitRelativePath || file.name).normalize('NFC'), file }))

async function* walkAll(entries: readonly (FileSystemEntry | File | null)[]): AsyncGenerator<Found> {
  for (const entry of entries) {
    if (entry instanceof File) yield ofFile(entry)
    else if (entry) yield* walk(entry)
  }
}

/** A file without an entry: a picture of the clipboard, or in Chromium a link that leads nowhere, which is empty. */
function ofFile(file: File): Found {
  const path = file.name.normalize('NFC')
  return file.size > 0 ? { path, file } : { path, is: 'unreadable' }
}

async function* walk(entry: FileSystemEntry): AsyncGenerator<Found> {
  const path = entry.fullPath.replace(/^\//, '').normalize('NFC')
  try {
    if (entry.isFile) {
      yield { path, file: await fileOf(entry as FileSystemFileEntry) }
      return
    }
    yield { path, is: 'folder' }
    // Nothing in a folder of the system's is shared, and some of them cannot be read.
    if (systemFile(path)) return
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    // A reader returns a part of the folder at each call (100 entries in Chromium), and nothing at the end.
    for (let part = await read(reader); part.length; part = await read(reader)) {
      for (const child of part) yield* walk(child)
    }
  } catch {
    // Chromium gives a name that is not UTF-8 as an empty one.
    if (path.endsWith('/')) yield { path: path.slice(0, -1), is: 'nameless' }
    else yield { path, is: 'unreadable' }
  }
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))
const read = (reader: FileSystemDirectoryReader) => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
