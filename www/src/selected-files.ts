/** Files from drag and drop or from a file picker, with their paths inside the chosen folder. */

export interface SelectedFile {
  path: string
  file: File
}

/** All files in a drop, including those in folders. Calls `unreadable` with the path of what cannot be read. */
export async function* filesFromDrop(items: DataTransferItemList, unreadable: (path: string) => void): AsyncGenerator<SelectedFile> {
  // Copied first, because the browser clears the list when the event ends.
  const entries = [...items].filter(item => item.kind === 'file').map(item => item.webkitGetAsEntry() ?? item.getAsFile())
  for (const entry of entries) {
    if (entry instanceof File) yield { path: entry.name, file: entry }
    else if (entry) yield* walk(entry, unreadable)
  }
}

/** Files of an `<input type=file>`. Files of a folder have a relative path. */
export const filesFromInput = (list: FileList): SelectedFile[] =>
  [...list].map(file => ({ path: (file.webkitRelativePath || file.name).normalize('NFC'), file }))

async function* walk(entry: FileSystemEntry, unreadable: (path: string) => void): AsyncGenerator<SelectedFile> {
  const path = entry.fullPath.replace(/^\//, '').normalize('NFC')
  try {
    if (entry.isFile) {
      yield { path, file: await fileOf(entry as FileSystemFileEntry) }
    } else {
      const reader = (entry as FileSystemDirectoryEntry).createReader()
      // A reader returns a part of the folder at each call (100 entries in Chromium), and nothing at the end.
      for (let part = await read(reader); part.length; part = await read(reader)) {
        for (const child of part) yield* walk(child, unreadable)
      }
    }
  } catch {
    unreadable(path)
  }
}

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))
const read = (reader: FileSystemDirectoryReader) => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
