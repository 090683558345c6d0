/** Texts about drop boxes: links with which people without a profile give files. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

export const drops = {
  title: 'Lass dir Dateien schicken',
  text: 'Erstelle einen Link und gib ihn weiter. Wer ihn hat, braucht kein Profil: öffnen, Dateien auswählen, senden. Nur du kannst öffnen, was ankommt. Es wartet auf deinem Relay, bis du nachsiehst.',
  anyone:
    'Alle, die den Link haben, können Dateien in diesen Briefkasten legen, aber nicht sehen, was darin ist. Gib ihn also Leuten, die du kennst, und öffne nur, was du erwartest.',
  name: 'Wie du ihn nennst',
  nameHint: 'Nur du siehst das. Du kannst es leer lassen.',
  size: 'Wie viel hineinpasst',
  sizeHint: 'So viel von deinem Platz hält dein Relay dafür frei.',
  days: 'Für wie lange',
  dayCount: (n: number) => plural(n, { one: '# Tag', other: '# Tage' }),
  make: 'Link erstellen',
  made: 'Der Link ist bereit. Kopiere ihn oder lass ihn scannen.',
  needRoom: (left: number) =>
    left > 0
      ? `Dein Relay hat noch Platz für ${formatBytes(left)}. Wähle eine kleinere Größe oder entferne Freigaben.`
      : 'Dein Relay hat keinen Platz mehr für dich. Entferne Freigaben oder schließe einen anderen Briefkasten.',
  needReach: 'Dein Relay ist nicht erreichbar. Ein Briefkasten braucht eins: Prüf deine Verbindung und versuch es noch einmal.',
  yours: 'Deine Briefkästen',
  one: (n: number) => `Briefkasten ${n}`,
  room: (left: number, bytes: number) => `${formatBytes(left)} von ${formatBytes(bytes)} frei`,
  roomUnknown: (bytes: number) => `Fasst ${formatBytes(bytes)}`,
  ends: (date: string) => `Endet am ${date}`,
  over: (date: string) => `Geschlossen am ${date}`,
  field: 'Link deines Briefkastens',
  copy: 'Link kopieren',
  qr: 'QR-Code mit dem Link deines Briefkastens',
  end: 'Diesen Briefkasten schließen',
  endText: 'Sobald dein Relay davon weiß, kann niemand mehr etwas senden. Was angekommen ist, bleibt 30 Tage.',
  ended: 'Der Briefkasten ist geschlossen.',
  empty: 'Noch ist nichts angekommen.',
  came: (n: number) =>
    plural(n, { one: '# Datei ist in deinem Briefkasten angekommen.', other: '# Dateien sind in deinem Briefkasten angekommen.' }),
  waiting: (n: number) => plural(n, { one: '# Datei wartet in deinem Briefkasten', other: '# Dateien warten in deinem Briefkasten' }),
  look: 'Briefkasten ansehen',
  from: 'Jemand mit deinem Link',
  says: (message: string) => `Dazu steht: „${message}“`,
  what: (n: number, size: number, when: string) => `${plural(n, { one: '# Datei', other: '# Dateien' })} · ${formatBytes(size)} · ${when}`,
  show: 'Zeigen, was es ist',
  showing: 'Die Liste wird geholt…',
  more: (n: number) => plural(n, { one: 'und # weitere Datei', other: 'und # weitere Dateien' }),
  accept: 'Behalten',
  accepting: 'Wird in eine Freigabe von dir kopiert…',
  accepted: (title: string) => `„${title}“ ist jetzt bei deinen Freigaben. Nur du kannst es öffnen.`,
  decline: 'Wegwerfen',
  declined: 'Es ist weggeworfen.',
  shareTitle: (message: string | undefined, date: string) => (message ? `Aus dem Briefkasten: ${message}` : `Aus dem Briefkasten, ${date}`),
}

export const drop = {
  ask: 'Jemandem Dateien schicken?',
  askText: 'In diesem Browser wurde ein Link geöffnet, über den du jemandem Dateien schicken kannst. Du brauchst dafür kein Profil.',
  askHosts: (hosts: readonly string[]) =>
    `Zum Senden verbindet sich Spinney mit ${formatList(hosts)}. Dort ist deine Netzadresse sichtbar.`,
  agree: 'Weiter',
  own: 'Das ist der Link deines eigenen Briefkastens. Gib ihn Leuten, die dir Dateien schicken wollen.',
  toBoxes: 'Deine Briefkästen',
  opening: 'Der Briefkasten wird gesucht…',
  to: (name: string) => `Dateien an ${name} senden`,
  text: (name: string) =>
    `Deine Dateien werden in diesem Browser verschlüsselt, und nur ${name} kann sie öffnen. ${name} entscheidet, ob sie bleiben.`,
  left: (left: number, until: string) => `Es ist Platz für ${formatBytes(left)}, bis ${until}.`,
  here: 'Wähle Dateien aus oder zieh sie auf diese Seite.',
  chosen: (n: number, size: number) => `${plural(n, { one: '# Datei', other: '# Dateien' })}, ${formatBytes(size)}`,
  remove: (path: string) => `${path} weglassen`,
  others: (n: number) => plural(n, { one: 'und # weitere', other: 'und # weitere' }),
  message: 'Dein Name oder ein paar Worte',
  send: 'Senden',
  progress: 'Wird gesendet',
  done: (done: number, total: number) => `${formatBytes(done)} von ${formatBytes(total)}`,
  waits: 'Das Relay ist nicht erreichbar. Es geht von selbst weiter, sobald es wieder da ist: Lass diese Seite offen.',
  telling: (name: string) => `Alles ist beim Relay. ${name} bekommt Bescheid…`,
  stay: 'Lass diese Seite offen, bis alles gesendet ist.',
  stopped: 'Das Senden wurde abgebrochen. Nichts davon wird aufbewahrt.',
  sent: 'Gesendet. Du kannst diese Seite schließen.',
  sentText: (name: string) => `Deine Dateien warten beim Relay auf ${name}.`,
  again: 'Mehr senden',
  needFiles: 'Wähle zuerst mindestens eine Datei aus.',
  refusedNames: (paths: readonly string[]) =>
    `Diese Dateien lassen sich wegen ihrer Namen nicht senden: ${formatList(paths)}. Benenne sie um und wähle sie noch einmal aus.`,
  needRoom: (left: number) =>
    left > 0
      ? `Das passt nicht hinein: Es ist noch Platz für ${formatBytes(left)}. Sende weniger Dateien oder bitte um einen größeren Briefkasten.`
      : 'Dieser Briefkasten ist voll. Bitte die Person, von der du den Link hast, um einen neuen.',
  errors: {
    'drop-closed': 'Dieser Briefkasten ist geschlossen. Bitte die Person, von der du den Link hast, um einen neuen.',
    'old-code': 'Dieser Link kommt von einem älteren Spinney. Bitte um einen neuen.',
    'broken-code': 'Dieser Link ist nicht vollständig. Kopiere ihn ganz und öffne ihn noch einmal.',
    'invalid-id': 'Dieser Link kommt von einem neueren Spinney. Lade die Seite neu oder bitte um einen neuen Link.',
    unreachable: 'Das Relay dieses Briefkastens ist nicht erreichbar. Prüf deine Verbindung oder versuch es später noch einmal.',
    'relays-only':
      'Dieser Briefkasten ist bei einem fremden Relay, und du verbindest dich nur mit deinen eigenen. Ändere das in den Einstellungen oder öffne den Link in einem privaten Fenster.',
  } as Record<string, string>,
}
