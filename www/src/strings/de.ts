/**
 * All texts of the page in German.
 *
 * One word for one thing: Freigabe (share), teilen, Leute (people), Freunde (friends), Kontakt, Kreis (circle), Profil, Passphrase,
 * Wiederherstellungswörter, Passkey, Schlüssel, Einladung, Anfrage (request), Link, Gerät, koppeln (to link a device), Relay,
 * Briefkasten (drop box), Transfer, holen (to fetch), behalten (to keep), aufbewahren (what a relay does), weiterleiten (to pass on),
 * zurückziehen (to withdraw, to take back), abschalten (a link), sperren (to lock), blockieren (a person), synchron (in step),
 * Lesebestätigung (receipt), Netzadresse (network address). Readers are "du"; a friend alone is a person, "jemand" or a name.
 */

import { formatBytes, formatCount, formatDuration, formatRate } from '../format.ts'
import { LIMITS } from '../generated.ts'
import type { Strings } from '../strings.ts'
import { changeLink, cover, orderForAll, panel, rename, selection, text } from './de/afterwards.ts'
import { answers } from './de/answers.ts'
import { compose, drafts, incoming } from './de/composing.ts'
import { devices, join } from './de/devices.ts'
import { drop, drops } from './de/drops.ts'
import { errorOf, errors } from './de/errors.ts'
import { finish, first } from './de/first.ts'
import { folders } from './de/folders.ts'
import { introductions } from './de/introductions.ts'
import { freeing } from './de/freeing.ts'
import { keeping } from './de/keeping.ts'
import { services } from './de/services.ts'
import { keys } from './de/keys.ts'
import { language } from './de/language.ts'
import { news } from './de/news.ts'
import { passkeys } from './de/passkeys.ts'
import { add, circles, invite, people, person, receipts, relayOnly, requests, scan, verify } from './de/people.ts'
import { formatList, plural } from './de/plurals.ts'
import { push } from './de/push.ts'
import { saving } from './de/saving.ts'
import { fileSearch } from './de/searching.ts'
import { settings } from './de/settings.ts'
import { access, addFiles, album, audience, availability, delivery, links, openLink, passOn, share } from './de/sharing.ts'
import { order, viewer } from './de/viewer.ts'

export const de: Strings = {
  app: 'Spinney',
  title: (page: string) => `${page} · Spinney`,
  skip: 'Zum Inhalt springen',
  nav: {
    label: 'Hauptmenü',
    home: 'Start',
    people: 'Leute',
    share: 'Teilen',
    transfers: 'Transfers',
    settings: 'Einstellungen',
    lock: 'Jetzt sperren',
    newShares: (n: number) => plural(n, { one: '# neue Freigabe', other: '# neue Freigaben' }),
    busy: (n: number) => plural(n, { one: '# laufender Transfer', other: '# laufende Transfers' }),
  },
  common: {
    cancel: 'Abbrechen',
    close: 'Schließen',
    copy: 'Kopieren',
    copied: 'Kopiert',
    copyByHand: 'Dieser Browser lässt die Seite nicht kopieren. Der Text ist markiert: Kopiere ihn selbst.',
    undo: 'Rückgängig',
    retry: 'Noch einmal versuchen',
    show: 'Anzeigen',
    showOf: (what: string) => `${what} anzeigen`,
    hide: 'Verbergen',
    hideOf: (what: string) => `${what} verbergen`,
    save: 'Speichern',
    send: 'Senden…',
    back: 'Zurück',
    details: 'Details',
    you: 'Du',
    optional: 'optional',
    someone: 'Jemand',
  },
  connection: {
    connected: 'Verbunden',
    none: 'Verbindung zu deinem Relay…',
    since: (time: string) => `Relay seit ${time} nicht erreichbar`,
    noRelay: 'Kein Relay: nur dieser Browser',
    offline: 'Du bist offline',
    friends: (n: number) => plural(n, { one: '# Person online', other: '# Freunde online' }),
    reached: (n: number) => plural(n, { one: '# Person direkt erreicht', other: '# Freunde direkt erreicht' }),
  },
  answers,
  introductions,
  startup: { title: 'Spinney wird geöffnet', wait: 'Die Engine startet…' },
  stopped: {
    title: 'Spinney konnte nicht starten',
    again: 'Neu starten',
    moved: 'Ein anderer Tab hat übernommen. Dieser macht weiter, sobald der andere antwortet.',
    stopped: 'Die Engine ist stehen geblieben und startet neu.',
    broken:
      'Die Engine ließ sich nicht laden, oder sie ist zweimal stehen geblieben. Prüf deine Verbindung und starte dann neu. Was hier gespeichert ist, ist noch da.',
    blocked:
      'Dieser Browser speichert nichts für diese Seite: Seine Einstellungen blockieren hier Cookies oder Websitedaten. Erlaube sie für diese Adresse und starte dann neu.',
    oneTab:
      'Spinney ist in einem anderen Tab geöffnet, und dieser Browser kann es nur in einem Tab ausführen. Benutze den anderen Tab oder schließ ihn und starte hier neu.',
  },
  cleared: {
    title: 'Was Spinney in diesem Browser gespeichert hatte, wurde gelöscht',
    text: 'Du, jemand anderes oder dieser Browser hat die Daten dieser Website gelöscht. Hier kann nichts gespeichert werden, bis du neu startest.',
    words:
      'Mit deinen 24 Wörtern kommst du zurück: Wähle auf dem nächsten Bildschirm „Ich habe meine 24 Wörter“. Freunde und Freigaben kommen von deinem Relay.',
    again: 'Neu starten',
  },
  version: {
    ready: 'Eine neue Version von Spinney ist da.',
    needed: 'In einem anderen Tab läuft eine neue Version von Spinney. Dieser Tab macht nach dem Neuladen weiter.',
    kept: 'Was du eingegeben und ausgewählt hast, bleibt erhalten.',
    unkept:
      'Was du hier eingegeben und ausgewählt hast, geht beim Neuladen verloren, weil kein anderer Tab es behalten kann. Öffne Spinney zuerst in einem zweiten Tab.',
    reload: 'Jetzt neu laden',
    anyway: 'Trotzdem neu laden',
    restored: 'Was du eingegeben und ausgewählt hast, ist wieder da.',
  },
  clock: {
    wrong: (mine: string, relays: string) => `Die Uhr dieses Geräts zeigt: ${mine}. Die Uhr deines Relays zeigt: ${relays}.`,
    little: 'Stell die Uhr dieses Geräts richtig: Was du teilst, hat eine falsche Zeit, und Links enden zu früh oder zu spät.',
    much: 'Stell die Uhr dieses Geräts richtig. Bis dahin nimmt dein Relay nichts von dir an, und Freunde können dich nicht finden.',
  },
  sharedOrigin: {
    title: 'Nicht unter dieser Adresse',
    reason:
      'Diese Seite kommt von einem gemeinsamen Gateway: Ihre Adresse enthält /ipfs/ oder /ipns/, und jede andere Website dieses Gateways könnte lesen, was du hier speicherst. Deshalb erstellt und öffnet Spinney hier keine Profile.',
    advice: 'Bitte die Person, von der du den Link hast, um eine eigene Adresse dafür, zum Beispiel eine, in der der Name zum Host gehört.',
    where: 'Diese Adresse',
    folder: (host: string) => `Andere Seiten von ${host} können lesen, was du hier speicherst.`,
    folderWhy:
      'Diese Seite liegt in einem Ordner dieses Hosts und hat keine eigene Adresse. Frag, wer sie betreibt, bevor du hier etwas Privates speicherst.',
  },
  framed: {
    title: 'Öffne Spinney für sich allein',
    reason:
      'Eine andere Seite zeigt Spinney in sich an und könnte dich auf etwas klicken lassen, das du nicht siehst. Deshalb startet Spinney hier nicht.',
    open: 'In einem eigenen Tab öffnen',
  },
  welcome: {
    who: 'Wer ist da?',
    first: 'Teile Bilder mit genau den Freunden, die du auswählst',
    firstText:
      'Deine Bilder werden in diesem Browser für die Leute verschlüsselt, die du auswählst. Es gibt kein Konto und nichts zu installieren.',
    invited: 'Du bist eingeladen. Erstelle ein Profil oder öffne deins, dann kannst du annehmen.',
    invitedBy: (name: string) => `${name} lädt dich ein. Erstelle ein Profil oder öffne deins, dann kannst du annehmen.`,
    invitedToBe: (name: string) => `${name} lädt dich ein. Erstelle ein Profil, und ihr seid befreundet.`,
    passphraseFor: (name: string) => `Passphrase für ${name}`,
    open: 'Öffnen',
    opening: 'Wird geöffnet…',
    key: 'Dein Schlüssel verlässt diesen Browser nie. Ohne die Passphrase oder deine Wiederherstellungswörter kann ihn niemand öffnen, auch wir nicht.',
    stay: 'Auf diesem Gerät angemeldet bleiben',
    stayHint: 'Alle, die diesen Browser benutzen können, können das Profil dann ohne Passphrase öffnen, bis du es sperrst.',
    keyStays: 'Dein Schlüssel verlässt diesen Browser nie. Bis du das Profil sperrst, können es alle öffnen, die diesen Browser benutzen.',
    newProfile: 'Neues Profil',
    recover: 'Ich habe meine 24 Wörter',
  },
  create: {
    title: 'Neues Profil',
    name: 'Dein Name',
    nameHint: 'Deine Freunde sehen ihn. Name und Bild sind öffentlich für alle, die deine ID haben.',
    avatar: 'Bild',
    chooseAvatar: 'Bild auswählen',
    removeAvatar: 'Bild entfernen',
    avatarRefused: 'Dieses Bild lässt sich nicht verwenden: Wähle ein JPEG, PNG oder WebP.',
    passphrase: 'Passphrase',
    passphraseHint: 'Sie verschlüsselt alles in diesem Browser. Niemand kann sie für dich zurücksetzen.',
    propose: 'Fünf Wörter vorschlagen',
    needName: 'Gib zuerst einen Namen ein.',
    nameTooLong: `Ein Name hat höchstens ${LIMITS.nameChars} Zeichen.`,
    needPassphrase: 'Wähle zuerst eine Passphrase.',
    shortPassphrase: `Eine Passphrase hat mindestens ${LIMITS.passphraseChars} Zeichen.`,
    weakPassphrase: 'Diese Passphrase ist sofort zu erraten. Wähle vier oder fünf Wörter, die nichts miteinander zu tun haben.',
    submit: 'Profil erstellen',
    busy: 'Deine Schlüssel werden erstellt…',
  },
  devices,
  drop,
  drops,
  freeing,
  keeping,
  services,
  finish,
  first,
  folders,
  join,
  language,
  strength: {
    levels: ['Sehr leicht zu erraten', 'Leicht zu erraten', 'Könnte besser sein', 'Gut', 'Sehr gut'],
    hint: 'Vier oder fünf Wörter, die nichts miteinander zu tun haben, sind stark und leicht zu merken.',
  },
  recover: {
    title: 'Mit deinen Wörtern zurückkommen',
    text: 'Gib die 24 Wörter in ihrer Reihenfolge ein. Profil, Freunde und Freigaben kommen von deinem Relay zurück.',
    words: '24 Wiederherstellungswörter',
    hint: 'Mit oder ohne Nummern, Großbuchstaben und Kommas; vier Buchstaben von jedem genügen.',
    counted: (n: number) => `${n} von 24 Wörtern`,
    passphrase: 'Neue Passphrase für diesen Browser',
    note: 'Ein anderer Browser, der dieses Profil hat, behält es. Jeder zeigt, was du im anderen tust.',
    submit: 'Profil wiederherstellen',
    busy: 'Dein Profil wird gesucht…',
    count: (n: number) =>
      n < 24
        ? `Das sind ${n} von 24 Wörtern: ${plural(24 - n, { one: 'Eins fehlt', other: '# fehlen' })}.`
        : `Das sind ${n} Wörter, und es gibt 24: ${plural(n - 24, { one: 'Eins ist', other: '# sind' })} zu viel.`,
    unknown: (position: number, near: readonly string[]) =>
      near.length
        ? `Wort ${position} ist nicht in der Liste. Meinst du ${formatList(near, 'or')}?`
        : `Wort ${position} ist nicht in der Liste. Prüf, wie es geschrieben ist.`,
    order: 'Alle 24 Wörter sind in der Liste, aber sie gehören nicht zusammen: Eins ist falsch, oder zwei sind vertauscht.',
  },
  restored: {
    found: (when: string) => `Dein Profil ist zurück, Stand: ${when}.`,
    whole: 'Alle deine Relays sind sich einig. Wenn etwas fehlt, das du später getan hast, hat es kein Relay.',
    silent: (relays: readonly string[]) =>
      `${formatList(relays)} ${relays.length === 1 ? 'hat nicht geantwortet und kennt' : 'haben nicht geantwortet und kennen'} vielleicht einen neueren Stand. Bis dahin wird nichts von dir an andere gesendet.`,
    goOn: 'Ohne Antwort weitermachen',
    seen: 'Gut',
  },
  words: {
    title: 'Deine 24 Wiederherstellungswörter',
    why: 'Schreib sie jetzt auf Papier. Wer sie hat, hat dein Profil. Wenn du diesen Browser verlierst, bringen nur diese Wörter es zurück.',
    written: 'Ich habe sie aufgeschrieben',
    later: 'Später erinnern',
    confirmTitle: 'Wähle die Wörter, die du aufgeschrieben hast',
    pick: (n: number) => `Wort Nummer ${n}`,
    wrong: (n: number) => `Das ist nicht Wort Nummer ${n}. Sieh noch einmal auf dein Papier.`,
    right: 'Deine Wiederherstellungswörter sind bestätigt.',
    ask: 'Gib deine Passphrase ein, um sie zu sehen. Wer diese Wörter hat, kann dein Profil benutzen.',
    showAgain: 'Wörter noch einmal anzeigen',
    banner: 'Deine Wiederherstellungswörter sind noch nicht bestätigt.',
    bannerWhy: 'Wenn du diesen Browser verlierst, bringen nur sie dein Profil zurück.',
    bannerButton: 'Jetzt erledigen',
  },
  home: {
    title: 'Start',
    search: 'Freigaben, Dateien, Leute suchen',
    filters: { all: 'Alle', received: 'Für mich', mine: 'Von mir', public: 'Für alle', link: 'Per Link' },
    filterLabel: 'Welche Freigaben',
    empty: 'Noch ist nichts geteilt',
    emptyText: 'Lade Freunde ein oder teile die ersten Bilder: Deine Freunde sehen sie, sobald sie Spinney öffnen.',
    emptyInvite: 'Freunde einladen',
    emptyShare: 'Bilder teilen',
    noMatch: (text: string) => `Nichts passt zu „${text}“.`,
    noneOfKind: 'Noch keine Freigaben dieser Art.',
    from: {
      contacts: (name: string) => name,
      self: (name: string) => name,
      public: (name: string) => `${name}, für alle`,
      link: (name: string) => `${name}, per Link`,
    },
    madeBy: (name: string) => `ursprünglich von ${name}`,
    youTo: (names: readonly string[], others: number) =>
      names.length ? `Du, für ${others > 0 ? `${names.join(', ')} und ${formatCount(others)} weitere` : formatList(names)}` : 'Du',
    mine: { self: 'Nur du', public: 'Du, für alle', link: 'Du, per Link' },
    album: 'Freunde können hinzufügen',
    /** `films`: whether some of the pictures are films. */
    contents: (pictures: number, films: boolean, others: number) =>
      [
        films ? plural(pictures, { one: '# Video', other: '# Fotos und Videos' }) : plural(pictures, { one: '# Foto', other: '# Fotos' }),
        others > 0 && plural(others, { one: '# Datei', other: '# Dateien' }),
      ]
        .filter(Boolean)
        .join(', '),
    friends: 'Freunde',
    underWay: 'Unterwegs',
    progressOf: (title: string) => `Fortschritt: ${title}`,
    allTransfers: 'Alle Transfers',
    isNew: 'Neu',
    open: 'Öffnen',
    openShare: (title: string) => `${title} öffnen`,
    more: (n: number) => `+${formatCount(n)}`,
    restOf: (n: number) => `und ${formatCount(n)} weitere`,
    otherFiles: (n: number) => plural(n, { one: 'und # Datei', other: 'und # Dateien' }),
    loadingMore: 'Weitere Freigaben werden geladen…',
  },
  share,
  audience,
  availability,
  delivery,
  access,
  addFiles,
  album,
  passOn,
  links,
  openLink,
  news,
  push,
  saving,
  fileSearch,
  viewer,
  order,
  people,
  invite,
  add,
  scan,
  requests,
  person,
  circles,
  verify,
  receipts,
  relayOnly,
  compose,
  incoming,
  drafts,
  transfers: {
    title: 'Transfers',
    empty: 'Nichts ist unterwegs',
    emptyText: 'Wenn du etwas teilst oder holst, siehst du hier, wie weit es ist.',
    direction: {
      add: 'Wird verschlüsselt',
      up: 'Auf dem Weg zu deinem Relay',
      down: 'Wird geholt',
      keep: 'Wird für Freunde aufbewahrt',
    },
    done: { add: 'Verschlüsselt', up: 'An dein Relay gesendet', down: 'Geholt', keep: 'Für Freunde aufbewahrt' },
    states: {
      queued: 'Wartet, bis es dran ist',
      active: '',
      waiting: 'Wartet',
      paused: 'Angehalten',
      done: 'Fertig',
      failed: 'Fehlgeschlagen',
      cancelled: 'Abgebrochen',
    },
    waitingFor: {
      relay: 'Wartet auf das Relay',
      author: 'Wartet, bis die Person, von der es ist, oder ihr Relay erreichbar ist',
      space: 'Wartet auf Platz: Schaff welchen in den Einstellungen',
      permission: 'Wartet auf deine Erlaubnis, den Ordner zu benutzen',
      unlock: 'Wartet auf deine Passphrase',
      quota: 'Wartet auf Platz bei deinem Relay',
      disk: 'Das Relay hat keinen Platz',
    },
    /** What a person can do who waits for room at the relay. */
    noRoom: {
      disk: 'Das Relay hat dafür keinen Platz: Sein Datenträger ist voll. Sag der Person Bescheid, die es betreibt. Es ist in diesem Browser und geht von selbst weiter, sobald Platz ist.',
      quota: (used: number, quota: number, needed: number) =>
        needed > quota
          ? `Das braucht ${formatBytes(needed)}, und dein Relay bewahrt höchstens ${formatBytes(quota)} für dich auf. Teile weniger auf einmal oder bitte die Person, die das Relay betreibt, um mehr Platz. Es bleibt in diesem Browser.`
          : needed + used > quota
            ? `Dein Relay bewahrt ${formatBytes(used)} von höchstens ${formatBytes(quota)} für dich auf, und das hier braucht noch ${formatBytes(needed)}. Entferne eine Freigabe, die du nicht mehr brauchst: Dann geht es von selbst weiter.`
            : `Dein Relay bewahrt ${formatBytes(used)} von höchstens ${formatBytes(quota)} für dich auf und hat keinen Platz für mehr. Entferne eine Freigabe, die du nicht mehr brauchst: Dann geht es von selbst weiter.`,
    },
    savingIn: (folder: string) => `Wird im Ordner „${folder}“ gespeichert`,
    savedIn: (folder: string) => `Im Ordner „${folder}“ gespeichert`,
    otherNames: (renamed: number, leftOut: number) =>
      formatList(
        [
          renamed > 0 && plural(renamed, { one: '# Datei heißt dort anders', other: '# Dateien heißen dort anders' }),
          leftOut > 0 && plural(leftOut, { one: '# Datei fehlt', other: '# Dateien fehlen' }),
        ].filter(part => part !== false),
      ),
    savedAs: (path: string) => `gespeichert als ${path}`,
    leftOut: 'weggelassen: Dieser Computer lässt es nicht zu',
    of: (done: number, total: number) => `${formatBytes(done)} von ${formatBytes(total)}`,
    speed: (perSecond: number) => formatRate(perSecond),
    left: (seconds: number) => `noch ${formatDuration(seconds)}`,
    pause: 'Anhalten',
    resume: 'Fortsetzen',
    cancel: 'Abbrechen',
    actionOf: (action: string, what: string) => `${action}: ${what}`,
    unknownShare: 'Eine Freigabe',
    filesMoved: (n: number) => plural(n, { one: '# Datei gerade in Arbeit', other: '# Dateien gerade in Arbeit' }),
    finished: 'Fertig',
    underWay: 'Unterwegs',
    progressOf: (what: string) => `Fortschritt: ${what}`,
    served: (n: number) => `Seit du entsperrt hast, haben andere ${formatBytes(n)} direkt aus diesem Browser bekommen.`,
  },
  changeLink,
  cover,
  orderForAll,
  panel,
  rename,
  selection,
  text,
  settings,
  keys,
  passkeys,
  quota: {
    full: (needed: number) => `Der Speicher dieses Browsers ist voll. Es fehlen ${formatBytes(needed)}.`,
    open: 'Nachsehen, was weg kann',
  },
  errors,
  errorOf,
  unexpected: (message: string) => `Etwas ist schiefgegangen: ${message}`,
}
