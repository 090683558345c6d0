/** Texts about what friends keep for each other. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

export const keeping = {
  title: (name: string) => `Platz für ${name}`,
  text: (name: string) =>
    `Dieser Browser kann aufbewahren, was ${name} teilt. Dann ist es auch da, wenn ${name} weg ist und kein Relay es hat. Es ist verschlüsselt: Du kannst nicht lesen oder prüfen, was darin ist.`,
  room: (name: string) => `Wie viel Platz ${name} bekommt`,
  none: 'Keiner',
  bytes: (n: number) => formatBytes(n),
  left: (limit: number) => `Freunde können zusammen ${formatBytes(limit)} in diesem Browser haben.`,
  noLimit: 'Dieser Browser darf löschen, was hier ist, wenn das Laufwerk voll ist. Deshalb kann er nichts für andere aufbewahren.',
  named: (name: string) => `${name} darf Freunden sagen, dass es hier liegt`,
  namedHint: 'Sie können es dann aus diesem Browser öffnen und sehen, dass du es aufbewahrst.',
  public: 'Auch, was für alle geteilt ist',
  metered: 'Auch über mobile Daten',
  meteredHint: 'Sonst kommt es, sobald dieses Gerät an einer anderen Leitung ist, etwa im WLAN.',
  given: (used: number, bytes: number) => `${formatBytes(used)} von ${formatBytes(bytes)} belegt`,
  shares: (whole: number, missing: number) =>
    missing
      ? `${plural(whole, { one: '# Freigabe aufbewahrt', other: '# Freigaben aufbewahrt' })}, ${plural(missing, { one: '# Freigabe ist', other: '# Freigaben sind' })} noch nicht hier.`
      : `${plural(whole, { one: '# Freigabe aufbewahrt', other: '# Freigaben aufbewahrt' })}.`,
  ends: (date: string) => `Du hast diesen Platz zurückgenommen. Was aufbewahrt ist, bleibt bis ${date}.`,
  letGo: 'Jetzt loslassen',
  letGoHint: (name: string) => `Löscht sofort alles, was du für ${name} aufbewahrst.`,
  released: (name: string) => `Von ${name} wird hier nichts mehr aufbewahrt.`,
  theirs: (name: string, bytes: number) => `${name} gibt dir ${formatBytes(bytes)}.`,
  theyKeep: (name: string, shares: number, used: number, when: string) =>
    `${name} bewahrt ${plural(shares, { one: '# Freigabe', other: '# Freigaben' })} von dir vollständig auf: ${formatBytes(used)}, wie ${name} ${when} gesagt hat.`,
  notYet: (name: string) => `${name} hat noch nicht gesagt, dass etwas von dir aufbewahrt wird.`,
  full: (name: string) => `Es passt nicht alles hinein. Bitte ${name} um mehr Platz.`,
  notChosen: (name: string) =>
    `Der Platz wird noch nicht benutzt. Vergleicht die sechs Wörter, du und ${name}, oder warte, bis ihr euch hier seit 30 Tagen kennt. Höchstens zwei Freunde bewahren deine Freigaben auf.`,
  alsoAt: (name: string, names: readonly string[]) => `Was ${name} teilt, bewahren auch auf: ${formatList(names)}.`,
  keptBy: (friends: readonly string[], relays: readonly string[]) => {
    const by = friends.length ? ` von ${formatList(friends)}` : ''
    const at = relays.length ? ` bei ${formatList(relays)}` : ''
    return `Aufbewahrt${[by, at].filter(Boolean).join(' und')}.`
  },
  checked: (place: string, when: string) => `${place} (${when} geprüft)`,
  lacks: (places: readonly string[]) =>
    `Nicht alles konnte geliefert werden, als dieser Browser gefragt hat: ${formatList(places)}. Behalte die Kopie in diesem Browser.`,
  proven: (name: string, when: string) => `${name} konnte es liefern, als dieser Browser ${when} gefragt hat.`,
  fails: (name: string, when: string) =>
    `${name} konnte nicht alles liefern, als dieser Browser ${when} gefragt hat. Was ${name} aufbewahrt, zählt nicht, bis es wieder geht.`,
  forFriends: (used: number, given: number) => `${formatBytes(used)} von den ${formatBytes(given)}, die Freunde hier haben, sind belegt.`,
  back: {
    title: 'Zurückkommen',
    text: 'Sieh vorher nach, ob deine 24 Wörter dich zurückbringen würden, wenn dieser Browser verloren ginge. Dabei ändert sich nichts.',
    button: 'Zurückkommen ausprobieren',
    trying: 'Wird ausprobiert. Das kann eine Minute dauern.',
    from: (places: readonly string[]) => `Von hier könntest du zurückkommen: ${formatList(places)}.`,
    unreachable: (place: string) => `${place} hat nicht geantwortet. Versuch es später noch einmal.`,
    unknown: (place: string) => `${place} hat noch nichts von dir. Lass diese Seite eine Weile offen und versuch es dann noch einmal.`,
    incomplete: (place: string) =>
      `Bei ${place} fehlt etwas. Lass diese Seite offen, bis es wieder dort ist, und versuch es dann noch einmal.`,
    unreadable: (place: string) =>
      `Was ${place} hat, lässt sich nicht lesen. Sag es denen, die das Relay betreiben, und behalte diesen Browser.`,
    older: (place: string, when: string) =>
      `${place} würde dich so zurückbringen, wie du zuletzt dort warst: ${when}. Lass diese Seite offen, bis das Neue dort ist, und versuch es dann noch einmal.`,
    lacking: (place: string) =>
      `Bei ${place} fehlen Leute, Einstellungen oder Freigaben, die es hier gibt. Lass diese Seite offen, bis beides vereint ist, und versuch es dann noch einmal.`,
  },
}
