/** Texts about saving out of the browser, beside the buttons in `share`. */

import { formatBytes } from '../../format.ts'

export const saving = {
  label: 'Speichern',
  building: (name: string, bytes: number, total: number) => `„${name}“ wird geholt · ${formatBytes(bytes)} von ${formatBytes(total)}`,
  waiting: (name: string) => `„${name}“ wartet auf den Rest. Es geht von selbst weiter, sobald jemand erreichbar ist, der ihn hat.`,
  failed: (name: string, why: string) => `Das Speichern von „${name}“ wurde unterbrochen. ${why}`,
  /** Where the person may be on another page. */
  goOn: 'Geh zur Freigabe, um fortzufahren.',
  notTwice: 'Was schon in diesem Browser ist, wird nicht noch einmal geholt.',
  locked: 'Das Speichern wurde unterbrochen, weil Spinney gesperrt wurde. Öffne es und speichere noch einmal.',
  /** The service worker was ended, so that the browser may call half a file finished. */
  stopped: 'Der Browser hat es angehalten. Lösch die unvollständige Datei aus deinen Downloads.',
  again: 'Noch einmal speichern',
  againOf: (name: string) => `${name} noch einmal speichern`,
  dismissOf: (name: string) => `Hinweis schließen: Speichern von ${name} unterbrochen`,
  cancelOf: (name: string) => `Speichern von ${name} abbrechen`,
  tooLarge: (name: string, limit: number) =>
    `„${name}“ ist zu groß, um es in diesem Fenster zu speichern: Ohne ihren Helfer (einen Service Worker) kann die Seite bis zu ${formatBytes(limit)} auf einmal speichern. Öffne Spinney in einem normalen Fenster, nicht in einem privaten, und speichere es dort.`,
}
