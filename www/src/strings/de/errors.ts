/** What a person is told when a call fails, by the code of the error. */

import type { Strings } from '../../strings.ts'
import { listOf, plural } from './plurals.ts'

export const errors = {
  locked: 'Das Profil ist gesperrt. Gib deine Passphrase noch einmal ein.',
  'wrong-passphrase': 'Das ist nicht die Passphrase.',
  'passkey-failed': 'Der Passkey hat nicht funktioniert. Gib deine Passphrase ein.',
  'passkey-gone': 'Dieser Passkey wurde aus dem Profil entfernt. Gib deine Passphrase ein.',
  'passkey-elsewhere': 'Die Passkeys dieses Profils sind für eine andere Adresse als die dieser Seite. Gib deine Passphrase ein.',
  'passkey-wrong':
    'Dieser Passkey hat einen anderen Schlüssel geliefert, als er sollte, und kann das Profil deshalb nicht öffnen. Nimm deine Passphrase. Wenn er früher hinzugefügt wurde, entferne ihn in den Einstellungen und füge einen neuen hinzu.',
  'passkeys-full': 'Für einen weiteren Passkey ist kein Platz. Entferne zuerst einen.',
  'passkey-refused':
    'Dein Gerät hat keinen Passkey geliefert. Es wurde abgebrochen, es hat zu lange gedauert, oder der Passkey wurde dort gelöscht. Versuch es noch einmal oder nimm deine Passphrase.',
  'passkey-known':
    'Dieses Gerät oder dieser Passwortmanager hat schon einen Passkey dieses Profils. Nimm den oder wähle für einen neuen einen anderen Ort.',
  'no-prf':
    'Dieser Passkey kann kein Profil öffnen: Diesem Browser, oder dem Gerät oder Passwortmanager mit dem Passkey, fehlt, was dafür nötig ist (PRF). Wähle einen anderen Ort für den Passkey oder bleib bei deiner Passphrase.',
  'not-found': 'Es ist nicht mehr da.',
  'already-exists': 'Es ist schon in diesem Browser. Geh zurück und öffne es.',
  friend: 'Ihr seid schon befreundet.',
  asked: 'Du hast schon angefragt. Eine Antwort ist noch nicht da.',
  followed: 'Du folgst diesem Profil schon.',
  blocked: 'Du hast dieses Profil blockiert. Heb das zuerst auf: Es steht unter „Blockiert“ auf dieser Seite.',
  'invalid-id': 'Das ist weder eine ID noch eine Einladung. Kopiere sie ganz und versuch es noch einmal.',
  'own-id': 'Das ist deine eigene ID. Schick sie lieber jemandem.',
  'mistyped-id': 'Diese ID ist falsch geschrieben: Niemand kann sie haben. Kopiere sie noch einmal oder vergleich sie Zeichen für Zeichen.',
  'broken-code': 'Ein Teil dieser Einladung oder dieses Links fehlt oder ist verändert. Kopiere alles noch einmal.',
  'old-code': 'Das kommt von einem älteren Spinney. Bitte um etwas Neues.',
  'code-ended':
    'Dieser Code gilt nicht mehr: Er wurde benutzt, zurückgezogen oder ist zu alt. Zeig auf deinem anderen Gerät einen neuen an.',
  'words-elsewhere':
    'Deine 24 Wörter sind nicht hier, weil dieses Gerät gekoppelt wurde oder deine Schlüssel gewechselt wurden. Sie sind dort, wo du sie aufgeschrieben hast.',
  closed: 'Hier wurden die Schlüssel gewechselt, und das ist die alte ID. Unter der neuen findest du die Person bei deinen Leuten.',
  doubted: 'Dieses Profil nennt einen anderen Nachfolger. Entscheide zuerst auf seiner Seite, ob du weitermachst.',
  'words-of-another': 'Das sind die Wörter eines anderen Profils. Such das Papier für dieses.',
  several: 'Das enthält mehr als eins. Wähle eins davon.',
  'invalid-name': 'Dieser Name lässt sich nicht verwenden.',
  'needs-name': 'Gib dir zuerst einen Namen und eine Passphrase.',
  'not-agreed':
    'Jemand von den beiden hat nicht zugestimmt, anderen gezeigt zu werden. Das lässt sich in den Einstellungen einschalten: Frag danach.',
  'invalid-signature': 'Was zurückkam, ist nicht richtig signiert. Nichts wurde hinzugefügt.',
  unreachable: 'Das ist gerade nicht erreichbar. Versuch es später noch einmal.',
  'relays-only':
    'Es ist bei einem fremden Relay, und du erreichst Kontakte nur über deine eigenen. Du kannst das in den Einstellungen ändern.',
  'service-known': 'Es gibt schon einen Dienst mit diesem Namen. Wähle einen anderen.',
  'service-address': 'Die Adresse muss mit https:// beginnen und einen Server nennen, etwa https://pins.example.org.',
  'service-unreachable':
    'Er antwortet nicht, oder er erlaubt Webseiten nicht, ihn zu fragen. Prüfe die Adresse; nicht jeder Dienst lässt sich von einer Seite aus benutzen.',
  'no-service': 'Was dort antwortet, ist kein Pinning-Dienst. Prüfe die Adresse.',
  'service-token': 'Der Dienst nimmt dieses Token nicht an. Kopiere es ganz, oder mach dort ein neues.',
  'service-refused': 'Der Dienst hat abgelehnt, oder er ist überlastet oder gestört. Versuch es später noch einmal.',
  'quota-exceeded': 'Der Speicher dieses Browsers ist voll. Schaff in den Einstellungen Platz.',
  'permission-needed': 'Der Browser hat das nicht erlaubt. Versuch es noch einmal und erlaube es.',
  'file-changed': 'Eine Datei auf deinem Gerät hat sich geändert, seit du sie ausgewählt hast. Wähle sie noch einmal aus.',
  'engine-moved': 'Ein anderer Tab hat übernommen. Versuch es noch einmal.',
  'engine-stopped': 'Die Engine ist stehen geblieben und wurde neu gestartet. Versuch es noch einmal.',
  'insecure-context': 'Diese Adresse ist nicht sicher: Öffne Spinney über https.',
  unsupported: 'Das kann dieser Browser nicht.',
  'not-invited':
    'Dieses Relay bewahrt Freigaben nur für Eingeladene auf. Schick deine ID der Person, die es betreibt. Du findest sie unter „Leute“, „Freunde hinzufügen“, „Dauerhaft“.',
  'storage-failed': 'Der Speicher dieses Browsers hat versagt. Lade die Seite neu und versuch es noch einmal.',
  cancelled: 'Abgebrochen.',
} as Strings['errors']

export const errorOf = {
  unreadable: (paths: readonly string[]) =>
    paths.length === 1
      ? `${paths[0]} lässt sich nicht lesen. Die Datei wurde geändert, verschoben oder entfernt, seit du sie ausgewählt hast, oder du darfst sie nicht öffnen.`
      : `${plural(paths.length, { one: '# Datei lässt', other: '# Dateien lassen' })} sich nicht lesen: ${listOf(paths)}. Sie wurden geändert, verschoben oder entfernt, seit du sie ausgewählt hast, oder du darfst sie nicht öffnen.`,
  refused: (why: string) => `Das geht nicht: ${why}.`,
}
