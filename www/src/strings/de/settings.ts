/** Settings: profile, passphrase, relays and storage. */

import { formatBytes } from '../../format.ts'
import { plural } from './plurals.ts'

export const settings = {
  title: 'Einstellungen',
  profile: 'Profil',
  name: 'Name',
  bio: 'Über dich',
  bioHint: 'Öffentlich für alle, die deine ID haben.',
  saved: 'Dein Profil ist gespeichert.',
  security: 'Passphrase und Wörter',
  oldPassphrase: 'Bisherige Passphrase',
  newPassphrase: 'Neue Passphrase',
  change: 'Passphrase ändern',
  changed: 'Die Passphrase ist geändert. Eine alte Sicherung dieses Datenträgers öffnet sich weiter mit der alten.',
  showWords: 'Meine Wörter anzeigen',
  leftOut: (n: number) =>
    `Du hast so viele Leute und Freigaben, dass deine Wörter ${plural(n, { one: '# Eintrag', other: '# Einträge' })} nicht zurückbringen würden. Entferne, was du nicht mehr brauchst.`,
  wordsPassphrase: 'Passphrase, um die Wörter anzuzeigen',
  lock: 'Sperren',
  lockHint: 'Alles verschwindet von dieser Seite, bis die Passphrase wieder eingegeben wird.',
  autoLock: 'Von selbst sperren',
  autoLockText:
    'Wenn dieser Browser so lange nicht benutzt wird. Solange etwas gelesen, gespeichert oder abgespielt wird, sperrt es nicht. Es beendet auch „Angemeldet bleiben“.',
  lockAfter: (minutes: number) =>
    minutes === 0 ? 'Nie' : minutes === 60 ? 'Nach einer Stunde' : plural(minutes, { one: 'Nach # Minute', other: 'Nach # Minuten' }),
  remove: 'Dieses Profil aus diesem Browser entfernen',
  removeText:
    'Deine Schlüssel, Kontakte und Bilder werden aus diesem Browser gelöscht. Nur deine 24 Wörter bringen sie zurück, von deinem Relay. Das lässt sich nicht rückgängig machen.',
  removeConfirm: (name: string) => `Gib ${name} ein, um es zu erlauben`,
  removeButton: 'Alles hier endgültig löschen',
  network: 'Relays',
  networkText: 'Über ein Relay finden sich Browser. Es bewahrt verschlüsselt auf, was du teilst, während deine Seite geschlossen ist.',
  noRelays: 'Diese Seite hat kein Relay. Alles bleibt in diesem Browser.',
  relayConnected: 'verbunden',
  relayAddress: 'Adresse',
  relayDown: 'nicht verbunden, neuer Versuch läuft',
  peers: (n: number) =>
    plural(n, { one: '# Browser aus deinem Freundeskreis verbunden', other: '# Browser aus deinem Freundeskreis verbunden' }),
  storage: 'Speicher',
  used: (used: number, quota: number) => `${formatBytes(used)} von etwa ${formatBytes(quota)} belegt`,
  persisted: 'Dieser Browser behält alles, bis du es löschst.',
  notPersisted: 'Dieser Browser kann es löschen, wenn der Datenträger voll ist. Bewahr deine Wörter gut auf.',
  collect: 'Platz schaffen',
  freed: (n: number) => (n ? `${formatBytes(n)} sind wieder frei.` : 'Es gab nichts aufzuräumen.'),
  about: 'Über Spinney',
  version: 'Version',
  engine: 'Engine',
  leader: 'läuft in diesem Tab',
  attached: 'läuft in einem anderen Tab',
  install: 'Als App installieren',
  installText: 'Die App hat ein eigenes Fenster und Symbol, und andere Programme können Dateien über sie teilen.',
}
