/** Texts about sending first: the link before a profile has a name, and giving it one. */

import { formatBytes, formatCount } from '../../format.ts'
import { plural } from './plurals.ts'

export const first = {
  region: 'Dateien zum Senden',
  drop: 'Zieh Bilder, Dateien oder einen Ordner hierher',
  choose: 'Was möchtest du senden?',
  orPick: 'oder wähle sie hier aus',
  chosen: (n: number, size: number) => (n ? `${plural(n, { one: '# Datei', other: '# Dateien' })} · ${formatBytes(size)}` : 'Ein Ordner'),
  more: (n: number) => `und ${formatCount(n)} weitere`,
  clear: 'Neu anfangen',
  get: 'Link holen',
  making: 'Deine Schlüssel werden erstellt…',
  kept: 'Name und Passphrase sind nicht nötig. Dieser Browser behält das Profil, mit dem du sendest, bis du ihm einen Namen und eine Passphrase gibst; alle, die diesen Browser benutzen, können es öffnen. Werden die Daten dieser Website vorher gelöscht, ist es verloren.',
  cannotKeep:
    'Dieser Browser kann hier kein Profil ohne Passphrase behalten, deshalb wurde nichts gesendet. Erstelle ein Profil mit Passphrase und teile dann.',
  sendingTitle: 'Dein Link wird erstellt',
  ready: 'Dein Link ist bereit',
  readyText: (title: string) => `Alle, die ihn haben, können „${title}“ öffnen. Es ist verschlüsselt: Dein Relay kann es nicht lesen.`,
  linkOf: (title: string) => `Der Link zu ${title}`,
  copy: 'Link kopieren',
  uploading: 'Wird hochgeladen. Lass diese Seite offen, bis es fertig ist: Vorher öffnet der Link nichts.',
  uploaded: 'Hochgeladen. Der Link funktioniert auch, wenn diese Seite geschlossen ist.',
  go: 'Zu dem, was ich geteilt habe',
  toForm: 'Zuerst etwas ändern',
}

export const finish = {
  title: 'Gib dir einen Namen und eine Passphrase',
  text: 'Damit deine Freunde dich erkennen und du wiederkommen kannst.',
  risk: 'Bis dahin behält dieser Browser dein Profil, und alle, die ihn benutzen, können es öffnen. Werden die Daten dieser Website gelöscht, sind dein Profil und deine Links verloren.',
  forFriends:
    'Deine Freunde sehen deinen Namen, wähle also zuerst einen. Die Passphrase schützt dein Profil vor anderen, die diesen Browser benutzen.',
  open: 'Name und Passphrase wählen',
  submit: 'Name und Passphrase speichern',
  busy: 'Deine Schlüssel werden erstellt…',
  done: (name: string) => `Ab jetzt heißt du ${name}.`,
  noName: 'Noch kein Name',
  waits: 'Du hast von hier aus etwas gesendet und noch keinen Namen und keine Passphrase gewählt.',
  other: 'Anderes Profil benutzen',
  otherHint: 'Führt zum Startbildschirm. Dieses Profil bleibt dort und öffnet sich ohne Passphrase.',
}
