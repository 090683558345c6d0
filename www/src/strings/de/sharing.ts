/** Texts about shares: composing, opening and changing them, and links. */

import { formatBytes } from '../../format.ts'
import type { Saved } from '../../generated.ts'
import { formatList, plural } from './plurals.ts'

export const share = {
  summary: (n: number, size: number) => `${plural(n, { one: '# Datei', other: '# Dateien' })} · ${formatBytes(size)}`,
  loading: 'Die Freigabe wird geöffnet…',
  loadingFiles: 'Die Liste der Dateien wird geladen…',
  noFiles: 'Diese Freigabe hat keine Dateien.',
  elsewhere: (hosts: string) =>
    `Die Dateien sind vielleicht bei ${hosts}, einem Relay von jemandem, den du nicht kennst. Um sie zu holen, verbindet sich diese Seite dorthin, und das Relay sieht deine Netzadresse.`,
  lookElsewhere: 'Von dort holen',
  gone: 'Diese Freigabe ist nicht mehr da, oder sie ist nicht für dieses Profil.',
  pictures: 'Bilder',
  others: 'Dateien',
  by: (name: string, when: string) => `Geteilt von ${name} · ${when}`,
  byYou: (when: string) => `Geteilt von dir · ${when}`,
  passedOn: (maker: string, by: string, when: string) => `Von ${maker}, weitergeleitet von ${by} · ${when}`,
  passedOnByYou: (maker: string, when: string) => `Von ${maker}, weitergeleitet von dir · ${when}`,
  saveAllSize: (size: number) => `Alles speichern · ${formatBytes(size)}`,
  saveFolder: 'In einen Ordner speichern',
  savingFolder: (name: string) => `Wird in einen Ordner in ${name} gespeichert. Den Fortschritt siehst du unter „Transfers“.`,
  savedFolder: ({ folder, written, already, renamed, leftOut }: Saved) =>
    [
      leftOut > 0
        ? `Im ${already > 0 ? '' : 'neuen '}Ordner „${folder}“ gespeichert, aber nicht alles.`
        : `Alles ist im ${already > 0 ? '' : 'neuen '}Ordner „${folder}“ gespeichert.`,
      already > 0 &&
        (written > 0
          ? plural(written, {
              one: '# Datei ist neu, die anderen waren schon da.',
              other: '# Dateien sind neu, die anderen waren schon da.',
            })
          : 'Es war schon alles da.'),
      renamed > 0 && plural(renamed, { one: '# Datei heißt dort anders.', other: '# Dateien heißen dort anders.' }),
      leftOut > 0 &&
        plural(leftOut, {
          one: '# Datei fehlt, weil dieser Computer ihren Namen nicht zulässt. Welche, siehst du unter „Transfers“.',
          other: '# Dateien fehlen, weil dieser Computer ihre Namen nicht zulässt. Welche, siehst du unter „Transfers“.',
        }),
    ]
      .filter(Boolean)
      .join(' '),
  savingFailed: (why: string) =>
    `Das Speichern in einen Ordner wurde unterbrochen. ${why} Was schon gespeichert ist, bleibt. Speichere noch einmal in denselben Ordner, um den Rest zu bekommen.`,
  folderGone: 'Der Ordner wurde verschoben oder entfernt.',
  keep: 'In diesem Browser behalten',
  keeping: 'Alles wird in diesen Browser geholt.',
  download: 'Herunterladen',
  downloadFile: (path: string) => `${path} herunterladen`,
  view: (path: string) => `${path} öffnen`,
  remove: 'Diese Freigabe entfernen',
  removeMine: {
    contacts: 'Entfernen: Freunde können sie nicht mehr holen',
    self: 'Endgültig entfernen',
    link: 'Entfernen: Der Link funktioniert nicht mehr',
    public: 'Entfernen: Niemand kann sie mehr von dir holen',
  },
  removed: (title: string) => `„${title}“ ist entfernt.`,
  details: {
    id: 'ID der Freigabe',
    root: 'Versiegeltes Manifest (CID)',
    directory: 'Verzeichnis (CID), für jedes IPFS-Programm',
    author: 'ID der Person, die es teilt',
    maker: 'ID der Person, von der es stammt',
    created: 'Erstellt',
  },
  here: 'In diesem Browser',
  partlyHere: (have: number, size: number) => `${formatBytes(have)} von ${formatBytes(size)} in diesem Browser`,
}

export const audience = {
  self: 'Nur du',
  youAnd: (people: readonly string[]) => (people.length ? `Nur ${formatList(['du', ...people])}` : 'Nur ausgewählte Leute'),
  youAndMany: (people: readonly string[], others: number) =>
    `Nur du, ${people.join(', ')} und ${plural(others, { one: '# weitere Person', other: '# weitere' })}`,
  public: 'Alle können es lesen',
  link: 'Alle, die den Link haben',
  withdrawn: 'Zurückgezogen: nur du',
  forYou: (author: string) => `Nur Leute, die ${author} ausgewählt hat`,
}

export const availability = {
  uploading: 'Auf dem Weg zu deinem Relay',
  waiting: 'Bisher nur in diesem Browser',
  otherDevice: 'Bisher nur in einem anderen Browser von dir',
  notSent: 'Nicht bei deinem Relay',
  failed: 'Nur in diesem Browser: Das Senden ist fehlgeschlagen',
  noRoom: 'Nur in diesem Browser: Dein Relay hat keinen Platz',
  relay: 'Bei deinem Relay',
  hereAndRelay: 'In diesem Browser und bei deinem Relay',
  noRelay: 'Nur in diesem Browser: Es gibt kein Relay',
  theirs: (author: string) => `Beim Relay von ${author}`,
  theirsWaits: (author: string) => `Noch nicht beim Relay von ${author}`,
}

export const delivery = {
  unknown: 'kann es öffnen',
  queued: 'wartet in diesem Browser aufs Senden',
  kept: 'liegt zum Abholen bei deinem Relay',
  fetched: 'hat es geholt',
  opened: 'hat es geöffnet',
  receiptsOff: 'Ob es geholt und geöffnet wurde, siehst du nur, wenn ihr beide Lesebestätigungen einschaltet:',
}

export const access = {
  title: 'Wer es öffnen kann',
  nobody: {
    contacts: 'Du hast es zurückgezogen: Nur du kannst es öffnen. Du kannst es wieder an Leute geben.',
    self: 'Nur du.',
    link: 'Alle, die den Link haben. Wenn das enden soll, schalte ihn oben ab.',
    public:
      'Alle: Es ist nicht verschlüsselt, und von Leuten, die es haben, kannst du es nicht zurückholen. Um es aus deinem Feed zu nehmen, entferne es unter „Details“.',
  },
  remove: 'Entfernen',
  removeOf: (name: string) => `${name} aus dieser Freigabe entfernen`,
  promise: (name: string) =>
    `${name} kann weiter öffnen, was heute in dieser Freigabe ist, und bekommt nichts, was du später hinzufügst. Um auch das zu beenden, zieh die Freigabe zurück.`,
  removeText: 'Wer entfernt wird, kann weiter öffnen, was heute darin ist. Um auch das zu beenden, zieh die Freigabe zurück.',
  former: (people: readonly string[]) =>
    `${formatList(people)} ${people.length === 1 ? 'wurde entfernt und kann' : 'wurden entfernt und können'} weiter öffnen, was damals darin war. Um das zu beenden, zieh die Freigabe zurück.`,
  nobodyNow: 'Du hast alle entfernt: Niemand bekommt, was du jetzt hinzufügst.',
  add: 'Leute hinzufügen',
  give: 'An Leute geben',
  addText: 'Sie können alles öffnen, was jetzt darin ist, und auch, was du später hinzufügst.',
  added: (people: readonly string[], title: string) => `„${title}“ ist auf dem Weg zu ${formatList(people)}.`,
  withdraw: 'Zurückziehen',
  withdrawText:
    'Damit nimmst du es allen wieder weg, die es haben oder hatten, und Relays geben es spätestens nach einem Tag nicht mehr heraus. Was gespeichert wurde, bleibt.',
  withdrew: (title: string) => `„${title}“ ist für alle zurückgezogen. Was gespeichert wurde, bleibt.`,
}

export const addFiles = {
  title: 'Dateien hinzufügen',
  text: 'Alle, die es öffnen können, bekommen sie auch. Eine Datei mit demselben Namen wird ersetzt.',
  textSelf: 'Eine Datei mit demselben Namen wird ersetzt.',
  done: (n: number, title: string) => `${plural(n, { one: '# Datei ist', other: '# Dateien sind' })} zu „${title}“ hinzugefügt.`,
  refused: (list: readonly string[]) =>
    `Diese Dateien lassen sich nicht teilen: ${list.slice(0, 5).join(', ')}. Benenne sie auf deinem Gerät um und wähle sie noch einmal aus.`,
}

/** Albums, to which friends add. */
export const album = {
  mayAdd: 'Andere können etwas hinzufügen',
  mayAddHint: 'Alle, die du auswählst, sehen, von wem was ist. Du kannst ausblenden, was sie hinzufügen.',
  chip: 'Freunde können hinzufügen',
  addText: (author: string) =>
    `${author} und alle anderen in diesem Album bekommen sie und sehen, dass sie von dir sind. Eine Datei von dir mit demselben Namen wird ersetzt.`,
  addTextMine: 'Alle in diesem Album bekommen sie. Eine Datei mit demselben Namen wird ersetzt.',
  added: (title: string) => `Zu „${title}“ hinzugefügt.`,
  waits: (author: string) => `Die anderen sehen es, sobald das Spinney von ${author} es aufgenommen hat.`,
  title: 'Von Freunden hinzugefügt',
  by: (name: string, when: string) => `Hinzugefügt von ${name} · ${when}`,
  byYou: (when: string) => `Hinzugefügt von dir · ${when}`,
  in: (title: string) => `Im Album „${title}“`,
  notHere: 'Es ist noch nicht hier. Spinney sucht weiter danach.',
  hide: (name: string) => `Ausblenden, was ${name} hinzugefügt hat`,
  hidden: (name: string) => `Was ${name} hinzugefügt hat, ist ausgeblendet.`,
  remove: (name: string) => `Für dich entfernen, was ${name} hinzugefügt hat`,
  removed: (name: string) => `Was ${name} hinzugefügt hat, ist für dich entfernt.`,
  takeBack: 'Zurückziehen, was du hinzugefügt hast',
  takenBack: 'Was du hinzugefügt hast, ist zurückgezogen.',
  all: (name: string) => `Öffnen, was ${name} hinzugefügt hat`,
}

export const passOn = {
  title: 'Weiterleiten',
  text: (maker: string) =>
    `Sie sehen, dass es von ${maker} stammt und dass du es weitergeleitet hast. Sie können öffnen, was jetzt darin ist.`,
  submit: (n: number) => (n ? plural(n, { one: 'An # Person weiterleiten', other: 'An # Personen weiterleiten' }) : 'Weiterleiten'),
  done: (title: string) => `„${title}“ ist weitergeleitet.`,
}

export const links = {
  title: 'Links',
  all: 'Alle meine Links',
  one: 'Link dazu',
  text: 'Alle, die einen dieser Links haben, können seine Freigabe öffnen, auch ohne Profil.',
  empty: 'Noch keine Links',
  emptyText: 'Alle, die einen Link haben, können seine Freigabe öffnen, in jedem Browser.',
  begin: 'Per Link teilen',
  withPassword: 'Mit Passwort',
  withoutPassword: 'Ohne Passwort',
  withPasswordText: 'Zum Öffnen braucht es auch das Passwort. Schick es nicht zusammen mit dem Link.',
  withoutPasswordText: 'Schick ihn auf einem Weg, dem du vertraust: Der Link allein genügt zum Öffnen.',
  ends: (when: string) => `Endet am ${when}`,
  noEnd: 'Kein Ende',
  made: (when: string) => `Erstellt: ${when}`,
  copy: 'Link kopieren',
  qr: (title: string) => `Der Link zu ${title} als QR-Code`,
  fieldOf: (title: string) => `Der Link zu ${title}`,
  switchOff: 'Endgültig abschalten',
  switchOffOf: (title: string) => `Endgültig abschalten: der Link zu ${title}`,
  switchOffText: 'Dann kann niemand mehr den Link öffnen. Du behältst die Freigabe, und was andere gespeichert haben, bleibt ihnen.',
  switchedOff: (title: string) => `Der Link zu „${title}“ ist abgeschaltet.`,
  off: 'Er ist abgeschaltet oder abgelaufen und öffnet sich nicht mehr.',
}

export const openLink = {
  title: 'Ein Link wird geöffnet',
  ask: 'Diesen Link öffnen?',
  askText:
    'In diesem Browser wurde ein Link geöffnet. Was er teilt und von wem er ist, siehst du erst, wenn du ihn öffnest. Danach ist es bei deinen Freigaben.',
  askGuest: 'In diesem Browser wurde ein Link geöffnet. Was er teilt und von wem er ist, siehst du erst, wenn du ihn öffnest.',
  askRelays: 'Zum Öffnen verbindet sich Spinney mit den Relays, die der Link nennt. Dort ist deine Netzadresse sichtbar.',
  askHosts: (hosts: readonly string[]) =>
    `Zum Öffnen verbindet sich Spinney mit ${formatList(hosts)}. Dort ist deine Netzadresse sichtbar.`,
  askAuthor: (name: string) => `Laut dem Link ist er von ${name}.`,
  agree: 'Link öffnen',
  opening: 'Wird gesucht…',
  checking: 'Das Passwort wird geprüft…',
  password: 'Passwort dieses Links',
  passwordText: 'Dieser Link hat ein Passwort. Frag die Person danach, von der du ihn hast.',
  open: 'Öffnen',
  start: 'Mein Profil öffnen',
  make: 'Profil erstellen',
  keep: 'In einem Profil behalten',
  keepText: 'Du siehst das als Gast. Erstelle ein Profil, um es zu behalten.',
  safe: 'Verschlüsselt: Nur wer den Link hat, kann es öffnen.',
  until: (when: string) => `Er öffnet sich bis ${when}.`,
  untilShort: (when: string) => `bis ${when}`,
  noEnd: 'kein Enddatum',
  taken: (title: string) => `„${title}“ kommt zu deinen Freigaben.`,
  asGuest: (title: string) => `Du hast „${title}“ als Gast geöffnet.`,
  backTo: 'Zurück dorthin',
  ended: 'Dieser Link ist abgelaufen: Bitte die Person, von der du ihn hast, um einen neuen.',
  errors: {
    'wrong-passphrase': 'Das ist nicht das Passwort dieses Links.',
    'invalid-id': 'Ein Teil dieses Links fehlt oder ist falsch geschrieben. Kopiere ihn ganz und versuch es noch einmal.',
    'not-found': 'Dieser Link öffnet sich nicht mehr: Er wurde abgeschaltet oder ist abgelaufen.',
    unreachable: 'Gerade ist niemand erreichbar, der das hat. Prüf deine Verbindung oder versuch es später noch einmal.',
  } as Record<string, string>,
}
