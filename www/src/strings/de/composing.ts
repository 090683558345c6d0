/** Texts about the share in the making: choosing, dropping and pasting files, and drafts. */

import { formatBytes, formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { formatList, plural } from './plurals.ts'

/** The beginning of a sentence about files that wait. Of folders without files nothing is counted. */
const waits = (n: number) => (n ? plural(n, { one: '# Datei wartet', other: '# Dateien warten' }) : 'Ein Ordner wartet')

export const compose = {
  title: 'Teilen',
  drop: 'Zieh Bilder, Dateien oder einen Ordner hierher',
  choose: 'Was möchtest du teilen?',
  dropNow: 'Loslassen, um sie hinzuzufügen',
  orPick: 'oder wähle sie hier aus',
  pickFiles: 'Dateien auswählen',
  pickFolder: 'Ordner auswählen',
  addFiles: 'Dateien hinzufügen',
  addFolder: 'Ordner hinzufügen',
  chosen: (what: string, size: number) => `${what} · ${formatBytes(size)}`,
  showAll: (n: number) => `Alle ${formatCount(n)} anzeigen`,
  reading: 'Der Ordner wird gelesen…',
  more: (n: number) => `und ${formatCount(n)} weitere`,
  removeFile: (path: string) => `${path} weglassen`,
  removeFolder: (path: string) => `Den ganzen Ordner ${path} weglassen`,
  clear: 'Alles verwerfen',
  cleared: 'Alles ist verworfen.',
  paste: 'Einfügen',
  pasteNothing: 'Es ist kein Bild und kein Text zum Einfügen da.',
  folder: 'Leerer Ordner',
  systemFiles: (n: number) =>
    plural(n, {
      one: '# Datei, die ein System für sich selbst angelegt hat, wird weggelassen.',
      other: '# Dateien, die Systeme für sich selbst angelegt haben, werden weggelassen.',
    }),
  noEmptyFolders: 'Wenn du einen Ordner auswählst, kommen leere Ordner nicht mit. Um sie zu behalten, zieh den Ordner hierher.',
  leaveOut: (n: number) => plural(n, { one: 'Weglassen', other: 'Alle weglassen' }),
  waits: (n: number) => `${waits(n)} auf deine nächste Freigabe.`,
  takeWaiting: 'Zu dieser Freigabe hinzufügen',
  titleField: 'Titel',
  titlePlaceholder: 'Was ist es?',
  titleHint: 'Ohne Titel heißt es so, wie du es hier siehst.',
  counted: {
    pictures: (n: number) => plural(n, { one: '# Bild', other: '# Bilder' }),
    films: (n: number) => plural(n, { one: '# Video', other: '# Videos' }),
    files: (n: number) => plural(n, { one: '# Datei', other: '# Dateien' }),
  },
  note: 'Notiz',
  addNote: 'Notiz hinzufügen',
  notePlaceholder: 'Ein paar Worte für deine Freunde',
  who: 'Wer es öffnen kann',
  to: 'An',
  whoSearch: 'Leute suchen',
  noPeople: 'Du hast noch niemanden hinzugefügt. Füge zuerst jemanden hinzu oder teile auf andere Weise.',
  addFriend: 'Freunde hinzufügen',
  kinds: {
    contacts: { name: 'Leute', more: ', die du auswählst' },
    link: { name: 'Link', more: ': alle, die den Link haben' },
    self: { name: 'Privat', more: ': nur ich' },
    public: { name: 'Für alle', more: ': öffentlich' },
  },
  hints: {
    self: 'Nur du kannst es öffnen. So kannst du Dinge aufheben oder später an andere geben.',
    link: 'Alle, die den Link bekommen, können es öffnen, auch ohne Profil.',
  },
  circles: 'Kreise',
  circle: (name: string, n: number) => `${name} (${formatCount(n)})`,
  circlesHint: 'Ein Kreis wählt alle aus, die jetzt dazugehören.',
  unfitPeople: (n: number) =>
    plural(n, { one: '# Person, die du noch nicht auswählen kannst', other: '# Personen, die du noch nicht auswählen kannst' }),
  unfit: {
    resolving: 'noch nicht gefunden',
    following: 'du folgst hier nur: zum Teilen erst hinzufügen',
    blocked: 'von dir blockiert',
  },
  options: 'Optionen',
  facts: {
    locationIncluded: 'Mit Standort',
    locationRemoved: 'Standort wird entfernt',
    mayAdd: 'Andere können etwas hinzufügen',
    password: 'Mit Passwort',
    until: (when: string) => `Bis ${when}`,
  },
  linkPassword: 'Passwort',
  linkPasswordHint:
    'Ohne das Passwort kann niemand den Link öffnen, und niemand kann es zurücksetzen. Schick es nicht zusammen mit dem Link.',
  lastDay: 'Letzter Tag',
  lastDayHint: 'Nach diesem Tag bewahrt dein Relay es nicht mehr auf.',
  endsIn: 'Es endet in',
  spans: { day: '1 Tag', week: '1 Woche', month: '1 Monat' },
  lastDayOver: 'Der letzte Tag ist schon vorbei: Wähle einen späteren.',
  publicText:
    'Alle können das lesen, kopieren und weiterleiten, und dein öffentlicher Feed zeigt es. Von Leuten, die es haben, kannst du es nicht zurückholen.',
  location: 'Standort mitteilen',
  locationHint:
    'Wenn das aus ist, entfernen wir den Standort aus Bildern und Videos, bevor wir sie teilen. Wo das nicht geht, fragen wir dich vorher. Andere Dateien bleiben, wie sie sind.',
  willContacts: (people: readonly string[]) =>
    `Nur ${formatList(['du', ...people])} ${people.length ? 'könnt' : 'kannst'} es öffnen: Es wird verschlüsselt, bevor es diesen Browser verlässt.`,
  willMany: (people: readonly string[], others: number) =>
    `Nur du, ${people.join(', ')} und ${plural(others, { one: '# weitere Person', other: '# weitere' })} könnt es öffnen: Es wird verschlüsselt, bevor es diesen Browser verlässt.`,
  willSelf: 'Wird nur für dich verschlüsselt, bevor es diesen Browser verlässt.',
  willLink: (password: boolean, until: string | undefined) =>
    `Alle, die den Link${password ? ' und sein Passwort' : ''} haben, können es ${until ? `bis ${until} ` : ''}öffnen. Es wird verschlüsselt, bevor es diesen Browser verlässt.`,
  willPublic: 'Alle können das lesen. Von Leuten, die es haben, kannst du es nicht zurückholen.',
  submit: (n: number) => plural(n, { one: 'Mit # Person teilen', other: 'Mit # Personen teilen' }),
  submitTo: { self: 'Privat speichern', link: 'Link erstellen', public: 'Mit allen teilen, endgültig' },
  submitNobody: 'Teilen',
  nobody: 'Noch ist niemand ausgewählt.',
  needFiles: 'Wähle mindestens eine Datei aus.',
  needContents: 'Wähle mindestens eine Datei aus oder schreib eine Notiz.',
  titleTooLong: `Ein Titel hat höchstens ${LIMITS.titleChars} Zeichen.`,
  noteTooLong: (n: number) => `Eine Notiz hat höchstens ${formatCount(n)} Zeichen.`,
  needPeople: 'Wähle aus, wer es öffnen kann.',
  refusedTitle: 'Das wird weggelassen',
  refusedHint: 'Alles andere ist in Ordnung. Um auch das zu teilen, behebe es auf deinem Gerät und wähle die Dateien noch einmal aus.',
  refusals: {
    empty: 'hat einen leeren Teil im Pfad',
    dots: 'heißt „.“ oder „..“',
    control: 'hat ein unsichtbares Steuerzeichen im Namen',
    direction: 'hat ein unsichtbares Zeichen im Namen, das den Text danach umkehrt',
    backslash: 'hat einen umgekehrten Schrägstrich im Namen',
    segment: `hat einen Namen, der länger als ${LIMITS.segmentBytes} Bytes ist`,
    path: `hat einen Pfad, der länger als ${LIMITS.pathBytes} Bytes ist`,
    unreadable: 'ist nicht lesbar: Es ist eine Verknüpfung, die ins Leere führt, oder du darfst es nicht öffnen',
    nameless: 'enthält etwas, dessen Namen dieser Browser nicht lesen kann: Benenne es um',
    folders: 'ist ein leerer Ordner zu viel',
  },
  preparing: (done: number, of: number) => `Vorschaubilder: ${formatCount(done)} von ${formatCount(of)}`,
  sealing: 'Wird verschlüsselt',
  stay: 'Lass diese Seite offen, bis alles verschlüsselt ist. Du kannst dich inzwischen darin umsehen.',
  shared: (title: string) => `„${title}“ ist verschlüsselt und unterwegs.`,
  locationStays: (n: number) =>
    plural(n, {
      one: 'Diese Datei verrät vielleicht noch, wo sie aufgenommen wurde:',
      other: 'Diese # Dateien verraten vielleicht noch, wo sie aufgenommen wurden:',
    }),
  locationStaysText: 'Wir können den Standort dort nicht entfernen. Noch ist nichts geteilt.',
  locationLeaveOut: 'Weglassen und den Rest teilen',
  locationAsTheyAre: 'Trotzdem teilen',
}

/** About files that are dropped or pasted. */
export const incoming = {
  letGo: {
    now: 'Loslassen, um sie hinzuzufügen',
    later: 'Loslassen: Sie warten auf deine nächste Freigabe',
    locked: 'Loslassen: Sie warten, bis du dein Profil geöffnet hast',
    never: 'Hier können keine Dateien geteilt werden',
  },
  never: 'Nichts wurde hinzugefügt: Spinney ist hier nicht geöffnet.',
  nothing: 'Darin war nichts, was sich teilen lässt.',
  later: (n: number) => `${waits(n)} auf deine nächste Freigabe, bis diese verschlüsselt ist.`,
  taken: (n: number) =>
    `${n ? plural(n, { one: '# Datei ist', other: '# Dateien sind' }) : 'Ein Ordner ist'} jetzt in einer neuen Freigabe, unter „Teilen“.`,
  locked: (n: number) => `${waits(n)} hier. Öffne dein Profil oder erstelle eins: Dann kannst du ${n ? 'sie' : 'ihn'} teilen.`,
}

export const drafts = {
  title: 'Nicht fertig',
  text: (n: number) =>
    `Spinney wurde geschlossen, bevor ${plural(n, { one: '# Datei gelesen war', other: '# Dateien gelesen waren' })}. Wähle sie noch einmal aus: Nur was fehlt, wird gelesen.`,
  whole: 'Alles darin wurde gelesen, aber es ist noch nicht fertig.',
  finish: 'Fertigstellen',
  elsewhere: 'Die Dateien werden gerade schon gelesen, vielleicht in einem anderen Tab.',
  missing: 'Dateien, die du noch einmal auswählen musst',
  choose: 'Dateien noch einmal auswählen',
  chooseFolder: 'Ordner noch einmal auswählen',
  without: (n: number) => plural(n, { one: 'Ohne diese Datei teilen', other: 'Ohne diese Dateien teilen' }),
  discard: 'Verwerfen',
  nothingMatches: 'Keine davon ist eine der fehlenden Dateien.',
  untitled: 'Ohne Titel',
}
