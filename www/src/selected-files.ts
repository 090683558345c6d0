/** Files as they come from a drop or a picker, with the path that they have in their folder. */

export interface SelectedFile {
  path: string
  file: File
}

/** Everything beneath what was dropped, folders walked. What cannot be read is handed to `unreadable` by name. */
export async function* filesFromDrop(items: DataTransferItemList, unreadable: (path: string) => void): AsyncGenerator<SelectedFile> {
  // Taken out at once: the list is emptied when the event ends.
  const entries = [...items].filter(item => item.kind === 'file').map(item => item.webkitGetAsEntry() ?? item.getAsFile())
  for (const entry of entries) {
    if (entry instanceof File) yield { path: entry.name, file: entry }
    else if (entry) yield* walk(entry, unreadable)
  }
}

/** Files of an `<input type=file>`; those of a folder know their path. */
export const filesFromInput = (list: FileList): SelectedFile[] =>
  [...list].map(file => ({ path: (file.webkitRelativePath || file.name).normalize('NFC'), file }))

async function* walk(entry: FileSystemEntry, unreadable: (path: string) => void): AsyncGenerator<SelectedFile> {
  const path = entry.fullPath.replace(/^\//, '').normalize('NFC')
  try {
    if (entry.isFile) {
      yield { path, file: await fileOf(entry as FileSystemFileEntry) }
    } else {
      const reader = (entry as FileSystemDirectoryEntry).createReader()
      // A reader gives a part of the folder (100 in Chromium) at each call, and none at the end.
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
