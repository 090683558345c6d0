/** Texts about folders that are kept in step. */

import { plural } from './plurals.ts'

export const folders = {
  title: 'Synchrone Ordner',
  text: 'Ein Ordner auf diesem Gerät und eine Freigabe nur für dich: Was du im Ordner änderst, kommt auf deine anderen Geräte, und umgekehrt.',
  bind: 'Ordner synchron halten',
  bindNew: 'Ordner synchron halten',
  unsupported:
    'Dieser Browser kann keine Ordner öffnen. Um einen Ordner synchron zu halten, nimm Chrome, Edge oder einen anderen Chromium-Browser an einem Computer.',
  bound: (name: string) => `„${name}“ wird synchron gehalten.`,
  direction: 'Richtung',
  modes: { both: 'In beide Richtungen', out: 'Nur aus dem Ordner heraus', in: 'Nur in den Ordner hinein' },
  states: {
    new: 'noch nicht angesehen',
    busy: 'wird durchgesehen',
    step: 'synchron',
    waits: 'wartet auf ein anderes Gerät',
    permission: 'braucht deine Erlaubnis',
    gone: 'ist weg',
    asks: 'fragt dich',
    fails: 'kommt nicht weiter',
  },
  at: (when: string) => `Synchron: ${when}.`,
  open: 'Freigabe öffnen',
  scan: 'Jetzt nachsehen',
  unbind: 'Beenden',
  unbound: (name: string) => `„${name}“ wird nicht mehr synchron gehalten. Die Dateien bleiben.`,
  waits: 'Ein anderes Gerät hat eine Änderung, die noch nicht bei deinem Relay ist. Es geht von selbst weiter.',
  permission: 'Dein Browser fragt nach jedem Start noch einmal, ob diese Seite den Ordner benutzen darf.',
  allow: 'Ordner erlauben',
  gone: 'Der Ordner ist weg: Er wurde verschoben oder gelöscht, oder sein Laufwerk ist nicht angeschlossen. Auf deinen anderen Geräten wird nichts gelöscht. Schließ es wieder an oder beende das Synchronisieren.',
  asks: (gone: number, changed: number) =>
    gone > 0 && changed > 0
      ? `Auf einmal ${plural(gone, { one: 'ist # Datei', other: 'sind # Dateien' })} weg, und ${plural(changed, { one: '# ist', other: '# sind' })} geändert. Willst du das?`
      : gone > 0
        ? `Auf einmal ${plural(gone, { one: 'ist # Datei weg. Soll sie', other: 'sind # Dateien weg. Sollen sie' })} überall verschwinden?`
        : `Auf einmal ${plural(changed, { one: 'ist # Datei', other: 'sind # Dateien' })} geändert. Willst du das?`,
  anyway: 'Ja, weiter',
  fails: (why: string) => `Es geht nicht weiter: ${why}.`,
  conflicts: (n: number) =>
    plural(n, {
      one: '# Datei wurde auf zwei Geräten gleichzeitig geändert. Beide Fassungen sind da:',
      other: '# Dateien wurden auf zwei Geräten gleichzeitig geändert. Beide Fassungen sind da:',
    }),
  conflict: (path: string, copy: string) => `${path} und ${copy}`,
  settle: 'Ich habe nachgesehen',
  settleNamed: (path: string) => `Ich habe nachgesehen: ${path}`,
  renamed: 'Diese Dateien heißen auf diesem Gerät anders, weil es ihre Namen nicht zulässt:',
  renamedAs: (path: string, local: string) => `${path} heißt hier ${local}`,
  leftOut: 'Nicht synchron, weil ihre Namen nicht überall möglich sind oder weil eine Freigabe nicht so viele leere Ordner fassen kann:',
  journal: 'Verlauf',
  journalOf: (name: string) => `Was in „${name}“ passiert ist`,
  journalText: '30 Tage lang kannst du rückgängig machen, was passiert ist.',
  search: 'Nach Namen suchen',
  empty: 'Noch ist nichts passiert.',
  changes: { added: 'neu', changed: 'geändert', deleted: 'gelöscht', conflict: 'auf zwei Geräten geändert' },
  line: (change: string, where: string, when: string) => `${change}, ${where}, ${when}`,
  here: 'auf diesem Gerät',
  elsewhere: (device: string) => `auf ${device}`,
  undo: 'Rückgängig machen',
  undoNamed: (path: string) => `Rückgängig machen: ${path}`,
  undone: (path: string) => `${path} ist wieder wie vorher.`,
  more: 'Mehr anzeigen',
}
