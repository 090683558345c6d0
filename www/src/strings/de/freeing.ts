/** Texte darüber, wie in diesem Browser Platz frei wird. */

import { formatBytes } from '../../format.ts'
import { formatList, plural } from './plurals.ts'

const freigaben = (n: number) => plural(n, { one: '# Freigabe', other: '# Freigaben' })

export const freeing = {
  title: 'In diesem Browser Platz schaffen',
  text: 'Dateien, die du geteilt hast, brauchen Platz in diesem Browser. Sie können hier weg, sobald zwei Orte, davon mindestens ein Freund, gezeigt haben, dass sie alles liefern können. Namen und kleine Bilder bleiben hier, und Dateien öffnen sich von dort.',
  parts: (mine: number, friends: number, free: number) =>
    `${formatBytes(mine)} davon gehören dir, ${formatBytes(friends)} sind für Freunde aufbewahrt, und ${formatBytes(free)} sind frei.`,
  can: (n: number, bytes: number) => `Hier weg können: ${freigaben(n)}, ${formatBytes(bytes)}.`,
  nothing: 'Jetzt kann nichts weg.',
  why: (n: number, bytes: number, reason: string) => `${freigaben(n)}, ${formatBytes(bytes)}: ${reason}`,
  reasons: {
    unfinished: 'noch unterwegs zu einem Relay.',
    public: 'für alle; Freunde müssen das nicht aufbewahren.',
    elsewhere: 'auf einem anderen Gerät.',
    folder: 'wird mit einem Ordner auf diesem Gerät abgeglichen.',
    wanted: 'wird gerade geholt.',
    asked: 'ein anderes Gerät von dir liest es gerade.',
    'no-friend': 'kein Freund bewahrt alles davon auf.',
    'one-place': 'nur ein Ort hat alles davon.',
  },
  begun: 'Einige Orte müssen noch zeigen, dass sie alles haben. Das geht von selbst weiter.',
  gone: (places: readonly string[]) => `Die Dateien sind nicht mehr in diesem Browser. Sie öffnen sich von: ${formatList(places)}.`,
  asked: (proven: number, blocks: number) =>
    blocks
      ? `Verlässt diesen Browser, wenn zwei Orte gezeigt haben, dass sie alles haben: ${Math.floor((proven / blocks) * 100)} %.`
      : 'Verlässt diesen Browser, wenn zwei Orte gezeigt haben, dass sie alles haben.',
  returns: 'Kommt in diesen Browser zurück, weil zu wenige Orte alles haben oder weil sich etwas geändert hat.',
}
