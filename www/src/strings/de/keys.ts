/** Texts about changing keys after a theft, one's own and those of a contact. */

import { plural } from './plurals.ts'

export const keys = {
  title: 'Nach einem Diebstahl',
  text: 'Wenn jemand ein Gerät von dir oder deine Passphrase hat, machst du mit deinen 24 Wörtern neue Schlüssel. Deine Freunde ziehen von selbst nach.',
  open: 'Schlüssel wechseln',
  what: 'Was sich ändert',
  reads:
    'Bis deine Freunde nachgezogen sind, können Diebe weiter lesen, was sie an deine alten Schlüssel schicken, und alles, was diese schon vorher lesen konnten.',
  links: 'Links und Einladungen, die du weitergegeben hast, funktionieren nicht mehr. Erstelle neue.',
  devices: 'Deine anderen Geräte behalten die alten Schlüssel. Kopple jedes neu und entferne dort das alte Profil.',
  six: 'Deine sechs Wörter sind neu. Vergleich sie noch einmal mit allen, mit denen du sie verglichen hattest.',
  passkeys: 'Passkeys musst du neu hinzufügen.',
  stolenWords: 'Wenn jemand deine 24 Wörter haben könnte, hilft das nicht: Erstelle ein neues Profil und sag deinen Freunden Bescheid.',
  stay: 'Dieselben 24 Wörter gelten weiter. Sie sind dann nicht mehr in diesem Browser, also heb dein Papier auf.',
  words: 'Deine 24 Wiederherstellungswörter',
  passphrase: 'Passphrase für die neuen Schlüssel',
  submit: 'Schlüssel jetzt wechseln',
  busy: 'Deine Schlüssel werden gewechselt…',
  changed: 'Deine Schlüssel sind gewechselt.',
  waiting: (n: number) =>
    n === 0
      ? 'Alle deine Freunde sind nachgezogen.'
      : plural(n, {
          one: '# Person ist noch nicht nachgezogen. Was sie inzwischen schickt, geht an deine alten Schlüssel und kann von Fremden gelesen werden.',
          other:
            '# Freunde sind noch nicht nachgezogen. Was sie inzwischen schicken, geht an deine alten Schlüssel und kann von Fremden gelesen werden.',
        }),
  linksAnew: (titles: readonly string[]) =>
    `Diese Links öffnen sich nicht mehr. Erstelle neue: ${titles.map(title => `„${title}“`).join(', ')}.`,
  linkDevices: 'Kopple deine anderen Geräte neu.',
  seen: 'Ich habe es gelesen',
  old: 'Deine Schlüssel wurden auf einem anderen Gerät gewechselt.',
  oldWhy:
    'Dieser Browser hat nur die alten, und deine Freunde beachten sie nicht mehr. Entferne dieses Profil hier und kopple diesen Browser neu.',
  ofContact: (name: string) => `${name} hat die Schlüssel gewechselt.`,
  ofContactWords: (name: string) => `Deine sechs Wörter mit ${name} sind neu: Vergleicht sie noch einmal.`,
  ofContactSame: 'Du musst nichts tun. Eure Freigaben gehen weiter.',
  ofContactSeen: 'OK',
  goOn: 'Mit diesem Profil weitermachen',
  goOnHint:
    'Bis du dich entscheidest, kommt von dort nichts, und nichts Neues von dir geht dorthin. Ruf vorher an. Wenn es jemand anderes ist, blockiere dieses Profil.',
}
