/** Texts about changing a share afterwards: selecting files, its title and text, its cover and order, and its link. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const selection = {
  begin: 'Auswählen',
  label: 'Ausgewählte Dateien',
  count: (n: number, bytes: number) =>
    n ? `${plural(n, { one: '# Datei', other: '# Dateien' })} · ${formatBytes(bytes)}` : 'Nichts ausgewählt',
  all: 'Alle auswählen',
  save: 'Speichern',
  saveOf: (n: number) => plural(n, { one: '# Datei speichern', other: '# Dateien speichern' }),
  passOn: 'Weiterleiten',
  passOnOf: (n: number) => plural(n, { one: '# Datei weiterleiten', other: '# Dateien weiterleiten' }),
  reading: 'Die Dateien werden geholt…',
  tooMuch: (bytes: number) =>
    `So lassen sich höchstens ${formatBytes(bytes)} weiterleiten. Wähle weniger Dateien aus oder leite die ganze Freigabe weiter.`,
  tooMany: 'Das sind zu viele, um sie auf einmal zu speichern. Wähle weniger aus oder speichere alles.',
  passedOn: 'Die Dateien sind jetzt in einer neuen Freigabe von dir. Wähle aus, für wen sie ist.',
  remove: 'Entfernen',
  removeOf: (n: number) => plural(n, { one: '# Datei entfernen', other: '# Dateien entfernen' }),
  removed: (n: number) =>
    plural(n, {
      one: '# Datei ist entfernt. Wer sie schon hat, behält sie.',
      other: '# Dateien sind entfernt. Wer sie schon hat, behält sie.',
    }),
  end: 'Auswahl beenden',
}

export const rename = {
  begin: 'Umbenennen',
  title: 'Titel',
  note: 'Text',
  hint: 'Alle, die es öffnen können, sehen die neuen Worte.',
  needTitle: 'Gib zuerst einen Titel ein.',
  needShorter: (most: number) => `Höchstens ${formatCount(most)} Zeichen.`,
  done: 'Die Worte sind geändert.',
}

export const cover = {
  use: 'Als Titelbild nehmen',
  done: 'Dieses Bild steht ab jetzt für die Freigabe.',
}

export const orderForAll = {
  use: 'Für alle',
  hint: 'Alle sehen diese Reihenfolge und können für sich eine andere wählen.',
  done: 'Ab jetzt sehen alle diese Reihenfolge.',
}

export const text = {
  copy: 'Text kopieren',
  open: (host: string) => `${host} öffnen`,
}

export const panel = {
  title: 'Wer es öffnen kann',
}

export const changeLink = {
  begin: 'Ende oder Passwort ändern',
  text: 'Der Link, den andere schon haben, funktioniert weiter.',
  end: 'Er endet',
  ends: {
    same: 'Wie bisher',
    day: 'In 1 Tag',
    week: 'In 1 Woche',
    month: 'In 1 Monat',
    never: 'Nie',
    date: 'Nach einem Tag, den ich wähle',
  },
  lastDay: 'Letzter Tag',
  needDay: 'Wähle einen Tag, der noch kommt.',
  password: 'Passwort',
  passwords: { same: 'Wie bisher', none: 'Kein Passwort', other: 'Anderes Passwort' },
  typed: 'Neues Passwort',
  typedHint: 'Wer nur das bisherige kennt, kann den Link nicht mehr öffnen. Was schon gespeichert wurde, bleibt.',
  needPassword: 'Gib zuerst ein Passwort ein.',
  save: 'Link ändern',
  done: 'Der Link ist geändert. Wer ihn schon hat, kann ihn weiter benutzen.',
}
