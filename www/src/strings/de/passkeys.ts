/** Texts about passkeys. */

import { longDate } from '../../format.ts'

export const passkeys = {
  title: 'Mit Fingerabdruck oder Passkey entsperren',
  text: 'Ein Passkey öffnet dieses Profil in diesem Browser mit deinem Fingerabdruck, deinem Gesicht oder dem Code deines Geräts. Deine Passphrase gilt weiter, und nur sie zeigt deine Wörter.',
  name: (n: number) => `Passkey ${n}`,
  addedOn: (when: Date) => `Hinzugefügt am ${longDate(when)}`,
  elsewhere: (host: string) => `Funktioniert nur unter ${host}`,
  remove: 'Entfernen',
  removeNamed: (name: string) => `${name} entfernen`,
  removed: 'Dieser Passkey öffnet das Profil nicht mehr. Du kannst ihn auch auf deinem Gerät oder in deinem Passwortmanager löschen.',
  oldCopy:
    'Eine alte Kopie dieses Datenträgers, zum Beispiel eine Sicherung, öffnet sich weiter mit jedem Passkey, den sie hatte. Das ändert sich nicht, wenn du hier einen entfernst.',
  add: 'Passkey hinzufügen',
  synchronised:
    'Wenn ein Passwortmanager oder ein Konto, etwa das deines Handys, deine Passkeys synchronisiert, kann auch jede Person, die dieses Konto benutzen kann, dein Profil hier öffnen.',
  passphrase: 'Passphrase, um einen Passkey hinzuzufügen',
  asks: 'Dein Gerät fragt dreimal: einmal, um den Passkey zu erstellen, und zweimal, um ihn zu testen.',
  make: 'Passkey erstellen',
  follow: 'Folge den Anweisungen deines Geräts…',
  added: 'Der Passkey ist hinzugefügt. Er öffnet dieses Profil auf dieser Seite, zusätzlich zu deiner Passphrase.',
  open: 'Mit einem Passkey entsperren',
  key: 'Dein Schlüssel verlässt diesen Browser nie. Ohne die Passphrase, einen Passkey oder deine Wiederherstellungswörter kann ihn niemand öffnen, auch wir nicht.',
}
