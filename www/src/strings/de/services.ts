/** Texts about pinning services. */

import { plural } from './plurals.ts'

export const services = {
  title: 'Pinning-Dienste',
  text: 'Ein Dienst, den du bezahlst oder betreibst, kann neben deinem Relay aufbewahren, was du teilst. Er holt es verschlüsselt von deinem Relay und erfährt, welche Blöcke deine sind. Was du mit allen teilst, kann er lesen wie alle.',
  name: 'Wie du ihn nennst',
  address: 'Adresse',
  addressHint: 'Die seiner IPFS Pinning Service API, etwa https://pins.example.org',
  token: 'Token',
  tokenHint: 'Du bekommst es vom Dienst. Es geht nur an diesen Dienst.',
  needName: 'Schreib, wie du ihn nennst.',
  needToken: 'Füge sein Token ein.',
  add: 'Hinzufügen',
  added: (name: string) => `${name} soll jetzt aufbewahren, was du teilst.`,
  remove: (name: string) => `${name} entfernen`,
  removed: (name: string) => `${name} wird nichts mehr gefragt. Was dort liegt, bleibt dort.`,
  holds: (n: number) => plural(n, { one: 'Bewahrt # Freigabe auf.', other: 'Bewahrt # Freigaben auf.' }),
  waiting: (n: number) => plural(n, { one: '# Freigabe ist unterwegs.', other: '# Freigaben sind unterwegs.' }),
  failed: (n: number) => plural(n, { one: '# Freigabe hat er aufgegeben.', other: '# Freigaben hat er aufgegeben.' }),
  checked: (when: string) => `Zuletzt geantwortet: ${when}.`,
  notYet: 'Er wurde noch um nichts gebeten.',
  said: (what: string) => `Er sagt: „${what}“`,
  trouble: {
    unreachable: 'Er antwortet nicht, oder er erlaubt Webseiten nicht, ihn zu fragen. Spinney versucht es wieder.',
    strange: 'Was dort antwortet, ist kein Pinning-Dienst. Prüfe die Adresse, entferne ihn und füge ihn neu hinzu.',
    token: 'Er nimmt das Token nicht mehr an. Entferne ihn hier und füge ihn mit einem neuen Token hinzu.',
    full: 'Er hat keinen Platz mehr für dich.',
    busy: 'Er ist überlastet. Spinney versucht es wieder.',
    refused: 'Er hat abgelehnt, worum er gebeten wurde.',
    failing: 'Er ist gerade gestört. Spinney versucht es wieder.',
  },
}
