/** Files. */

import { FilePicker } from '../src/ui/file-picker'
import { InTheWay } from '../src/ui/in-the-way'
import { Thumbnail } from '../src/ui/thumbnail'
import type { Part } from './part'

export const files: readonly Part[] = [
  {
    name: 'FilePicker',
    states: {
      calm: () => <FilePicker label="Choose files" onChosen={() => {}} />,
      main: () => <FilePicker label="Choose files" onChosen={() => {}} main />,
      'of a folder': () => <FilePicker label="Choose a folder" onChosen={() => {}} folder />,
      'not now': () => <FilePicker label="Choose files" onChosen={() => {}} disabled />,
    },
  },
  {
    name: 'Thumbnail',
    states: {
      'a picture without a preview': () => <Thumbnail path="lake.jpg" type="image/jpeg" />,
      'a film': () => <Thumbnail path="waves.mp4" type="video/mp4" />,
      sound: () => <Thumbnail path="song.mp3" type="audio/mpeg" />,
      text: () => <Thumbnail path="notes.txt" type="text/plain" />,
      'something else': () => <Thumbnail path="archive.tar.gz" type="application/gzip" />,
      'without an ending': () => <Thumbnail path="README" type="application/octet-stream" />,
    },
  },
  {
    name: 'InTheWay',
    states: {
      'of one file': () => <InTheWay problem="notes.txt cannot be read." paths={['notes.txt']} onLeaveOut={() => {}} />,
      'of no file': () => <InTheWay problem="There is no room for so much." paths={[]} onLeaveOut={() => {}} />,
    },
  },
]
