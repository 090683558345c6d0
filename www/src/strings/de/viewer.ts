/** Texts about looking at files: the viewer, and the order of a share. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const viewer = {
  label: (title: string) => `Bilder aus ${title}`,
  filesLabel: (title: string) => `Dateien aus ${title}`,
  previous: 'Vorheriges Bild',
  next: 'Nächstes Bild',
  previousFile: 'Vorherige Datei',
  nextFile: 'Nächste Datei',
  close: 'Schließen',
  zoomIn: 'Vergrößern',
  fit: 'Ans Fenster anpassen',
  play: 'Diashow',
  pause: 'Diashow anhalten',
  position: (n: number, of: number) => `${formatCount(n)} von ${formatCount(of)}`,
  loading: 'Das Bild wird geholt…',
  loadingFile: 'Die Datei wird geholt…',
  waiting: 'Wartet, bis ein Relay oder die Person, von der es ist, erreichbar ist…',
  absent: 'Das ist noch nicht hier. Es kommt, sobald das Relay oder die Person, von der es ist, erreichbar ist.',
  sound: 'Hier wird nur der Ton abgespielt. Wenn die Datei auch Bilder hat, speichere sie, um sie mit einem anderen Programm anzusehen.',
  unknown: 'Dieser Browser kann diese Datei nicht anzeigen. Speichere sie, um sie mit einem anderen Programm zu öffnen.',
  noText: 'Das ist kein Text in Unicode. Speichere ihn, um ihn mit einem anderen Programm zu öffnen.',
  cutText: (bytes: number) => `Nur die ersten ${formatBytes(bytes)} sind zu sehen. Speichere den Text, um ihn ganz zu lesen.`,
  info: {
    title: 'Über diese Datei',
    name: 'Name',
    folder: 'Ordner',
    type: 'Art',
    size: 'Größe',
    pixels: 'Abmessungen',
    dimensions: (width: number, height: number) => `${formatCount(width)} × ${formatCount(height)}`,
    length: 'Länge',
    taken: 'Aufgenommen',
    camera: 'Kamera',
    exposure: 'Belichtung',
    changed: 'Datum der Datei',
    reading: 'Die Angaben im Bild werden gelesen…',
    unread: 'Die Angaben im Bild sind noch nicht hier.',
  },
}

export const order = {
  label: 'Reihenfolge',
  names: { name: 'Name', oldest: 'Datum, älteste zuerst', newest: 'Datum, neueste zuerst', size: 'Größe, größte zuerst' },
  undated: 'Ohne Datum',
  folders: 'Ordner',
  whole: 'Alle Dateien',
  folder: (name: string, files: number) => `${name}, ${plural(files, { one: '# Datei', other: '# Dateien' })}`,
  files: (n: number) => plural(n, { one: '# Datei', other: '# Dateien' }),
  crumbs: 'Ordner',
}
