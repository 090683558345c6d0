/** Texts about linking one more device. */

import { formatList, plural } from './plurals.ts'

export const devices = {
  title: 'Deine Geräte',
  text: 'Benutze dieses Profil auf deinem Handy und deinem Laptop. Jedes Gerät hat eine eigene Passphrase.',
  here: 'dieses hier',
  unnamed: 'Ein Gerät ohne Namen',
  added: (day: string) => `Seit ${day}`,
  rename: 'Umbenennen',
  renameNamed: (name: string) => `${name} umbenennen`,
  newName: 'Neuer Name',
  save: 'Namen speichern',
  online: 'online',
  lastSeen: (when: string) => `zuletzt gesehen: ${when}`,
  newSince: (day: string, name: string) => `Neues Gerät seit ${day}: ${name}`,
  known: 'Das war ich',
  remove: 'Entfernen',
  removeNamed: (name: string) => `${name} entfernen`,
  removeTitle: (name: string) => `„${name}“ entfernen?`,
  removeDoes:
    'Deine anderen Geräte und deine Freunde zeigen es nicht mehr an und geben ihm nichts mehr. Deine Relays nehmen nichts mehr von ihm an.',
  removeHas:
    'Es hat deine Schlüssel, und die lassen sich dort nicht löschen. Ist es gesperrt, kann es niemand ohne seine Passphrase öffnen. Ist es entsperrt, lässt sich damit lesen, was deine Freunde mit dir teilen.',
  stolen: 'Wurde es gestohlen? Mit deinen 24 Wörtern machst du neue Schlüssel, die es nicht hat:',
  newKeys: '„Nach einem Diebstahl“ in den Einstellungen',
  removeThis: 'Dieses Gerät entfernen',
  removed: (name: string) => `„${name}“ ist entfernt.`,
  removedHere: 'Ein anderes Gerät von dir hat dieses hier entfernt.',
  removedHereText:
    'Was du hier tust, erreicht niemanden: keine Freunde, kein Relay und kein anderes Gerät von dir. Um diesen Browser wieder zu benutzen, entferne das Profil hier in den Einstellungen und kopple ihn neu.',
  link: 'Weiteres Gerät koppeln',
  passphrase: 'Deine Passphrase auf diesem Gerät',
  showCode: 'Code anzeigen',
  warning: 'Nur für dein eigenes Gerät, hier neben dir. Niemand sonst braucht ihn, auch nicht, um dir zu helfen.',
  how: 'Öffne auf deinem anderen Gerät diese Adresse, wähle „Ich habe Spinney auf einem anderen Gerät“ und scanne den Code.',
  address: 'Adresse',
  qr: 'Der Code für dein anderes Gerät als QR-Code',
  asText: 'Code als Text anzeigen',
  code: 'Code',
  until: (time: string) => `Der Code gilt für ein Gerät, bis ${time}.`,
  asks: (name: string) => `„${name}“ hat den Code gelesen.`,
  gives:
    'Wenn du die vier Wörter eingibst, die es zeigt, kann es alles, was du kannst: deine Freigaben lesen, deinen Freunden schreiben und als du auftreten.',
  words: 'Die vier Wörter',
  give: 'Dieses Gerät koppeln',
  linked: (name: string) => `„${name}“ ist gekoppelt.`,
  newCode: 'Neuen Code anzeigen',
  ended: 'Der Code gilt nicht mehr. Wenn du das warst, zeig einen neuen an.',
  wrong: (tries: number) =>
    tries > 0
      ? `Das sind nicht die Wörter, die dein anderes Gerät zeigt. Du hast noch ${plural(tries, { one: '# Versuch', other: '# Versuche' })}.`
      : 'Das sind nicht die Wörter, die dein anderes Gerät zeigt. Der Code gilt nicht mehr: Zeig einen neuen an.',
  needFour: (n: number) => `Dein anderes Gerät zeigt vier Wörter; hier sind es ${n}.`,
  wrongWord: (position: number, near: readonly string[]) =>
    near.length
      ? `Wort ${position} zeigt kein Gerät an. Meinst du ${formatList(near, 'or')}?`
      : `Wort ${position} zeigt kein Gerät an. Prüf, wie es geschrieben ist.`,
}

export const join = {
  start: 'Ich habe Spinney auf einem anderen Gerät',
  title: 'Dein Profil auch auf diesem Gerät benutzen',
  text: 'Öffne auf deinem anderen Gerät die Einstellungen, „Weiteres Gerät koppeln“. Scanne dann den Code, den es zeigt, oder füge ihn ein.',
  code: 'Der Code deines anderen Geräts',
  scan: 'Code scannen',
  scanTitle: 'Scanne den Code deines anderen Geräts',
  scanText: 'Halte den Code deines anderen Geräts vor die Kamera.',
  scanOther: 'Das ist nicht der Code eines Geräts. Öffne auf deinem anderen Gerät die Einstellungen, „Weiteres Gerät koppeln“.',
  needCode: 'Scanne zuerst den Code oder füge ihn ein.',
  needWholeCode: 'Ein Teil dieses Codes fehlt oder ist verändert. Kopiere ihn noch einmal ganz.',
  needReach: 'Dein anderes Gerät ist nicht erreichbar. Lass es offen und entsperrt, und prüf beide Verbindungen.',
  name: 'Name dieses Geräts',
  nameHint: 'Du siehst ihn in der Liste deiner Geräte.',
  names: { phone: 'Mein Handy', computer: 'Mein Computer' },
  passphrase: 'Neue Passphrase für dieses Gerät',
  note: 'Deine 24 Wörter kommen nicht hierher. Sie bleiben dort, wo du sie aufgeschrieben hast.',
  submit: 'Weiter',
  busy: 'Verbindung zu deinem anderen Gerät…',
  wordsTitle: 'Gib diese vier Wörter auf deinem anderen Gerät ein',
  wordsText: 'Sie zeigen, dass kein anderes Gerät dazwischen ist. Lass beide offen.',
  whose: (name: string) => `Das hier wird ein Gerät von ${name}`,
  whoseUnknown: 'Das hier wird ein Gerät deines Profils',
  whoseText: 'Deine Freunde und Freigaben kommen hierher. Wenn du das nicht bist, sag nein.',
  yes: 'Ja, das bin ich',
  no: 'Nein',
  restoring: 'Deine Freunde und Freigaben kommen hierher…',
}
