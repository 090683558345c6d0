/** Texts about saving out of the browser, beside the buttons in `share`. */

import { formatBytes } from '../../format.ts'

export const saving = {
  label: 'Saving',
  building: (name: string, bytes: number, total: number) => `Getting “${name}” · ${formatBytes(bytes)} of ${formatBytes(total)}`,
  waiting: (name: string) => `“${name}” waits for more. It goes on by itself when somebody who has it can be reached.`,
  failed: (name: string, why: string) => `Saving “${name}” broke off. ${why}`,
  /** Where the person may be on another page. */
  goOn: 'Go to its share to go on.',
  notTwice: 'What is in this browser already is not fetched again.',
  locked: 'Saving broke off, because Spinney was locked. Open it and save again.',
  /** The service worker was ended, so that the browser may call half a file finished. */
  stopped: 'The browser stopped it. Delete the incomplete file among your downloads.',
  again: 'Save again',
  againOf: (name: string) => `Save again: ${name}`,
  dismissOf: (name: string) => `Forget that saving ${name} broke off`,
  cancelOf: (name: string) => `Stop saving ${name}`,
  tooLarge: (name: string, limit: number) =>
    `“${name}” is too large to save in this window: without its helper (a service worker), the page can save up to ${formatBytes(limit)} at once. Open Spinney in an ordinary window, not a private one, and save it there.`,
}
