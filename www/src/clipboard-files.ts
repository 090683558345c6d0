/** Pictures, files and text from the clipboard, as files. */

import { filesFromTransfer, type Found, type SelectedFile } from './selected-files'

/** Programs put a picture of a text or a table into the clipboard beside it. Browsers give it this name. */
const PICTURE_OF_TEXT = 'image.png'

/** What was pasted. `undefined` if there is nothing that could be shared. Call it within the event. */
export function filesFromPaste(data: DataTransfer): AsyncIterable<Found> | Iterable<Found> | undefined {
  const text = data.getData('text/plain')
  const files = [...data.files]
  const isText = text.trim() !== '' && files.every(({ name }) => name === PICTURE_OF_TEXT)
  if (isText) return [textFile(text)]
  return files.length ? filesFromTransfer(data.items) : undefined
}

/** What is in the clipboard, for a button: phones have no key for it. Rejects if the browser does not allow it. */
export async function filesFromClipboard(): Promise<SelectedFile[]> {
  const files: SelectedFile[] = []
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find(type => type.startsWith('image/')) ?? item.types.find(type => type === 'text/plain')
    if (!type) continue
    const blob = await item.getType(type)
    if (type === 'text/plain') files.push(textFile(await blob.text()))
    else {
      const path = `image.${type.slice('image/'.length).replace(/\+.*/, '').replace('jpeg', 'jpg')}`
      files.push({ path, file: new File([blob], path, { type }) })
    }
  }
  return files
}

export const canReadClipboard = 'clipboard' in navigator && 'read' in navigator.clipboard

function textFile(text: string): SelectedFile {
  const path = 'text.txt'
  return { path, file: new File([text], path, { type: 'text/plain' }) }
}
