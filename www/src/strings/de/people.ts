/** Texts about people: invites, adding contacts, requests and the list of contacts. */

import { formatCount } from '../../format.ts'
import { LIMITS } from '../../generated.ts'
import { plural } from './plurals.ts'

export const people = {
  title: 'Leute',
  list: 'Deine Leute',
  empty: 'Noch niemand da',
  emptyText: 'Schick jemandem deinen Code oder lass dir einen schicken. Dann könnt ihr miteinander teilen.',
  addFirst: 'Freunde hinzufügen',
  last: (title: string, when: string) => `${title} · ${when}`,
  search: 'Leute suchen',
  noMatch: (text: string) => `Niemand passt zu „${text}“.`,
  states: {
    resolving: 'Wird gesucht…',
    requested: 'Wartet auf Antwort',
    mutual: 'Ihr habt euch hinzugefügt',
    following: 'Du folgst diesem Profil',
    blocked: 'Blockiert',
  },
  asking: {
    queued: 'Deine Anfrage ist unterwegs',
    left: 'Wartet auf Antwort',
    full: 'Das Postfach dort ist voll. Wir versuchen es an einem anderen Tag',
  },
  invites: {
    used: 'Diese Einladung hatte schon jemand anderes benutzt. Deshalb haben wir eine Anfrage geschickt.',
    ended: 'Diese Einladung war abgelaufen. Deshalb haben wir eine Anfrage geschickt.',
  },
  warnings: {
    'two-roots':
      'Wir haben zwei verschiedene Fassungen dieses Profils bekommen. Wenn nicht gerade zwei Browser benutzt wurden, frag lieber nach.',
    heir: 'Dieses Profil nennt jetzt einen anderen Nachfolger. Vielleicht hat jemand anderes die Kontrolle darüber: Ruf an und frag nach.',
    keys: 'Die Schlüssel haben sich geändert, seit ihr die Wörter verglichen habt. Vielleicht benutzt jemand anderes dieses Profil: Vergleicht die sechs Wörter noch einmal, bevor du etwas teilst.',
    refused: 'Unter diesem Namen kam etwas an, das beschädigt oder falsch signiert ist. Wir haben es abgelehnt.',
  },
  keysChanged: 'Die Schlüssel haben sich geändert: Vergleicht zuerst die Wörter noch einmal.',
  online: 'Online',
  via: { direct: 'Direkt verbunden.', relay: 'Über ein Relay verbunden.' },
  notDirect: {
    off: 'Nicht direkt: Du hast das in den Einstellungen ausgeschaltet.',
    unsupported: 'Nicht direkt: Dieser Browser kann sich nicht direkt verbinden.',
    trying: 'Eine direkte Verbindung wird versucht.',
    untried: 'Noch nicht direkt.',
    declined: 'Nicht direkt: Der Browser oder die Einstellungen auf der anderen Seite lassen es nicht zu.',
    'no-way': 'Nicht direkt: Eure Netze lassen es nicht zu.',
  },
  seen: (when: string) => `zuletzt gesehen: ${when}`,
  alsoKnown: (name: string) => `nennt sich ${name}`,
  unknown: (id: string) => `Jemand Neues (${id})`,
  verified: 'Wörter verglichen',
  verifiedOn: (when: string) => `Wörter verglichen: ${when}`,
  stopLooking: 'Suche beenden',
  shareWith: (name: string) => `Mit ${name} teilen`,
  about: (name: string) => `bei ${name}`,
  blockedList: (n: number) => `Blockiert · ${formatCount(n)}`,
  unblock: 'Nicht mehr blockieren',
  unblockOf: (name: string) => `${name} nicht mehr blockieren`,
  unblocked: (name: string) => `${name} ist nicht mehr blockiert und kann dir wieder eine Anfrage schicken.`,
  unblockedFriend: (name: string) => `${name} ist nicht mehr blockiert. Alles ist wie vorher.`,
}

export const invite = {
  which: 'Welcher Code',
  kinds: { one: 'Für eine Person', permanent: 'Dauerhaft' },
  text: {
    one: `Wer die Einladung zuerst öffnet, ist sofort mit dir befreundet. Sie gilt ${LIMITS.inviteDays} Tage.`,
    permanent: 'Du kannst ihn allen zeigen, und er läuft nie ab. Wer ihn benutzt, fragt dich zuerst.',
  },
  noRelay: 'Diese Seite hat kein Relay, deshalb kann dich noch niemand finden.',
  notPublished: 'Lass diese Seite offen: Dein Relay hat dein Profil noch nicht.',
  make: 'Einladungslink erstellen',
  another: 'Noch einen erstellen',
  link: { one: 'Einladungslink für eine Person', permanent: 'Mein dauerhafter Link' },
  copy: { one: 'Einladungslink kopieren', permanent: 'Dauerhaften Link kopieren' },
  qr: { one: 'Einladung für eine Person als QR-Code', permanent: 'Mein dauerhafter Code als QR-Code' },
  myId: 'Meine ID',
}

export const add = {
  title: 'Freunde hinzufügen',
  ways: 'Wege, sich zu treffen',
  tabs: { invite: 'Mein Code', scan: 'Scan', paste: 'Einfügen' },
  field: 'Einladung oder ID',
  hint: 'Ein Einladungslink oder eine ID, die mit k51 beginnt. Text drumherum stört nicht.',
  message: 'Ein paar Worte dazu',
  messageHint: 'Sie stehen bei deiner Anfrage. Wenn die Einladung für dich gemacht wurde, ist keine Anfrage nötig.',
  submit: 'Hinzufügen',
  adding: 'Wird gesucht…',
  follow: 'Nur folgen',
  followHint: 'Du siehst, was öffentlich geteilt wird. Niemand erfährt davon.',
  added: (name: string) => `${name} ist hinzugefügt.`,
  asked: (name: string) => `Anfrage an ${name} gesendet. Hier siehst du, ob sie angenommen wird.`,
  followed: (name: string) => `Du folgst ${name}.`,
  looking: 'Noch nicht gefunden. Spinney sucht weiter; du kannst diese Seite verlassen.',
  nothing: 'Füge zuerst eine Einladung oder ID ein.',
  several: 'Das enthält mehr als eins. Welches meinst du?',
  choice: {
    id: (name: string) => `Die ID von ${name}`,
    invite: (name: string) => `Die Einladung von ${name}`,
    link: (name: string) => `Der Link zu einer Freigabe von ${name}`,
  },
  invited: 'Du bist eingeladen',
  invitedBy: (name: string) => `${name} lädt dich ein`,
  invitedSure: 'Wenn du annimmst, könnt ihr sofort miteinander teilen.',
  invitedText: 'Danach könnt ihr miteinander teilen. Zuerst geht eine Anfrage hinaus, also schreib, wer du bist.',
  ownInvite: 'Das ist deine eigene Einladung. Schick sie jemandem.',
  friends: (name: string) => `Du und ${name} seid schon befreundet.`,
  friendText: 'Falls du dort entfernt wurdest, kannst du dich mit dieser Einladung wieder hinzufügen lassen.',
  useAgain: 'Einladung benutzen',
  accept: 'Hinzufügen',
  notNow: 'Nicht jetzt',
  messageTooLong: (most: number) => `Schreib höchstens ${formatCount(most)} Zeichen.`,
}

export const scan = {
  title: 'QR-Code scannen',
  text: 'Halte den anderen Code vor die Kamera.',
  starting: 'Die Kamera startet…',
  camera: 'Was die Kamera sieht',
  looking: 'Suche nach einem Code…',
  other: 'Dieser QR-Code ist keine Einladung von Spinney.',
  picture: 'Aus einem Bild lesen',
  nothing: 'In diesem Bild haben wir keinen QR-Code gefunden.',
  again: 'Kamera noch einmal versuchen',
  denied:
    'Diese Seite darf die Kamera nicht benutzen. Erlaube es in den Einstellungen des Browsers für diese Seite oder lies den Code aus einem Bild.',
  none: 'Hier gibt es keine Kamera. Lies den Code aus einem Bild oder füge den Link ein.',
  busy: 'Die Kamera ist belegt. Vielleicht benutzt sie ein anderes Programm.',
  ended: 'Die Kamera wurde ausgeschaltet.',
}

export const requests = {
  title: 'Freundschaftsanfragen',
  claims: 'Name, Bild und Nachricht sind selbst gewählt.',
  count: (n: number) => plural(n, { one: '# Person möchte hinzugefügt werden', other: '# Personen möchten hinzugefügt werden' }),
  came: (name: string) => `${name} möchte hinzugefügt werden.`,
  invite: {
    used: 'Benutzt wurde eine Einladung von dir, die schon jemand anderes benutzt hatte.',
    ended: 'Benutzt wurde eine Einladung von dir, die abgelaufen war.',
  },
  unknown: (hosts: string) =>
    `Deine Relays wissen nicht, wer das ist. In der Anfrage steht ${hosts}: Dort kannst du nachfragen. Dann ist dort deine Netzadresse sichtbar.`,
  lookUp: 'Nachsehen, wer das ist',
  lookUpOf: (name: string) => `Nachsehen, wer das ist: ${name}`,
  accept: 'Annehmen',
  acceptOf: (name: string) => `${name} annehmen`,
  decline: 'Ablehnen',
  declineOf: (name: string) => `${name} ablehnen`,
  declined: (name: string) => `Du hast ${name} abgelehnt. ${name} erfährt nichts davon.`,
  block: 'Blockieren',
  blockOf: (name: string) => `${name} blockieren`,
  declinedList: (n: number) => `Abgelehnt · ${formatCount(n)}`,
  declinedText:
    'Niemand erfährt davon. Neue Anfragen innerhalb von 30 Tagen kommen auch hierher, ohne Hinweis. Du kannst sie immer noch annehmen.',
}

export const person = {
  nobody: 'Du hast niemanden mit dieser ID hinzugefügt.',
  about: {
    resolving: 'Dieses Profil ist noch nicht gefunden. Spinney sucht weiter.',
    requested:
      'Deine Anfrage wartet dort. Sobald sie angenommen ist, ist auch zu sehen, was du teilst. Wird sie abgelehnt, sagt dir das niemand.',
    mutual: '',
    following: 'Du siehst, was öffentlich geteilt wird. Niemand erfährt davon.',
    blocked:
      'Ihr bekommt nichts voneinander. Niemand erfährt, dass du blockiert hast. Wenn du nicht mehr blockierst, ist alles wie vorher.',
  },
  outOfReach:
    'Dieses Profil ist bei anderen Relays als deins, und du erreichst Kontakte nur über deine Relays. Deshalb kommt von dort nichts Neues, und von dir kann nichts dorthin. Du kannst das in den Einstellungen ändern.',
  askThem: 'Anfrage senden',
  takeBack: 'Anfrage zurückziehen',
  stopFollowing: 'Nicht mehr folgen',
  rename: 'Umbenennen',
  renameOf: (name: string) => `${name} umbenennen`,
  petname: (name: string) => `Dein eigener Name für ${name}`,
  petnameHint: 'Nur du siehst ihn. Lass das Feld leer, um den selbst gewählten Namen zu sehen.',
  remove: 'Entfernen',
  removeOf: (name: string) => `${name} entfernen`,
  removed: (name: string) => `${name} ist entfernt.`,
  block: 'Blockieren',
  takenBack: (name: string) => `Deine Anfrage an ${name} ist zurückgezogen.`,
  blockOf: (name: string) => `${name} blockieren`,
  blocked: (name: string) => `Du hast ${name} blockiert. ${name} erfährt nichts davon.`,
  id: 'ID',
  shares: (name: string) => `Von ${name} geteilt`,
  noShares: 'Noch nichts.',
}

export const circles = {
  title: 'Kreise',
  text: 'Deine eigenen Gruppen, zum Beispiel „Familie“, mit denen du auf einmal teilst. Nur du siehst sie.',
  all: 'Alle',
  filter: 'Welcher Kreis',
  field: 'Neuer Kreis',
  add: 'Hinzufügen',
  tooLong: (most: number) => `Der Name eines Kreises hat höchstens ${formatCount(most)} Zeichen.`,
  tooMany: (most: number) => `Eine Person kann in höchstens ${formatCount(most)} Kreisen sein.`,
}

export const verify = {
  title: 'Ist das wirklich die richtige Person?',
  text: 'Vergleicht einmal sechs Wörter, am Telefon oder wenn ihr euch seht. Dann weißt du, dass niemand zwischen euch ist.',
  again: 'Die Schlüssel haben sich geändert, seit ihr die Wörter verglichen habt. Vergleicht sie noch einmal.',
  start: 'Wörter vergleichen',
  startAgain: 'Noch einmal vergleichen',
  sheet: (name: string) => `Wörter mit ${name} vergleichen`,
  how: [
    'Ruft euch an oder setzt euch zusammen. Schreibt sie euch nicht: Wer zwischen euch ist, könnte Nachrichten ändern.',
    'Lies deine Wörter laut vor. Am anderen Ende müssen dieselben stehen.',
    'Dann hörst du zu und vergleichst selbst.',
  ],
  mine: 'Deine Wörter: Lies sie laut vor',
  theirs: (name: string) => `Die Wörter von ${name}: Hör zu und vergleich`,
  match: 'Sie stimmen überein',
  differ: 'Sie sind verschieden',
  done: (name: string) => `Die Wörter stimmen überein: Es ist ${name}.`,
  differTitle: 'Die Wörter sind verschieden',
  differText:
    'Vielleicht hast du ein anderes Profil mit demselben Namen hinzugefügt, oder ein altes. Oder jemand zwischen euch liest mit, was du teilst.',
  differDo:
    'Teile nichts mit diesem Profil, bis das geklärt ist. Frag am Telefon nach der ID und vergleich sie mit der hier unten. Ist sie anders, blockiere dieses Profil und füge das richtige hinzu.',
  back: 'Wörter noch einmal ansehen',
}

export const relayOnly = {
  title: 'Direkte Verbindungen',
  label: 'Kontakte nur über Relays erreichen',
  hint: 'Wenn das aus ist, verbinden sich die Browser deiner Freunde direkt mit deinem, wo es geht, und diese Seite fragt auch bei ihren Relays nach. Das ist schneller, aber deine Netzadresse ist für sie sichtbar. Wenn es an ist, verbindet sich diese Seite nur mit den eigenen Relays, und nur die sehen deine Adresse. Was Freunde bei anderen Relays haben, kommt dann nicht an.',
  on: 'Kontakte werden nur über Relays erreicht.',
  off: 'Kontakte werden direkt erreicht, wo es geht.',
}

export const receipts = {
  title: 'Lesebestätigungen',
  label: 'Andere wissen lassen, wenn ich geholt und geöffnet habe, was sie geteilt haben',
  hint: 'Das gilt in beide Richtungen: Freunde, die es auch einschalten, sagen dir dasselbe über deine Freigaben. Ist es aus, sagst du niemandem etwas, und niemand sagt dir etwas. Relays sehen es nie.',
  on: 'Lesebestätigungen sind an.',
  off: 'Lesebestätigungen sind aus.',
}
