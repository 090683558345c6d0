/** Texts about looking at files: the viewer, and the order of a share. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const viewer = {
  label: (title: string) => `Pictures of ${title}`,
  filesLabel: (title: string) => `Files of ${title}`,
  previous: 'Previous picture',
  next: 'Next picture',
  previousFile: 'Previous file',
  nextFile: 'Next file',
  close: 'Close',
  zoomIn: 'Zoom in',
  fit: 'Fit to the window',
  play: 'Slide show',
  pause: 'Pause the slide show',
  position: (n: number, of: number) => `${formatCount(n)} of ${formatCount(of)}`,
  loading: 'Fetching the picture…',
  loadingFile: 'Fetching the file…',
  waiting: 'Waiting until a relay or its author can be reached…',
  absent: 'This is not here yet. It comes when the relay or its author can be reached.',
  sound: 'Only sound plays here. If the file has pictures too, save it to see them with another program.',
  unknown: 'This browser cannot show this file. Save it to open it with another program.',
  noText: 'This is no text in Unicode. Save it to open it with another program.',
  cutText: (bytes: number) => `Only the first ${formatBytes(bytes)} are shown. Save it to read all.`,
  info: {
    title: 'About this file',
    name: 'Name',
    folder: 'Folder',
    type: 'Type',
    size: 'Size',
    pixels: 'Dimensions',
    dimensions: (width: number, height: number) => `${formatCount(width)} × ${formatCount(height)}`,
    length: 'Length',
    taken: 'Taken',
    camera: 'Camera',
    exposure: 'Exposure',
    changed: 'Date of the file',
    reading: 'Reading what the picture says of itself…',
    unread: 'What the picture says of itself is not here yet.',
  },
}

export const order = {
  label: 'Order',
  names: { name: 'Name', oldest: 'Date, oldest first', newest: 'Date, newest first', size: 'Size, largest first' },
  undated: 'Without a date',
  folders: 'Folders',
  whole: 'All files',
  folder: (name: string, files: number) => `${name}, ${plural(files, { one: '# file', other: '# files' })}`,
  files: (n: number) => plural(n, { one: '# file', other: '# files' }),
  crumbs: 'Folder',
}
