/** Files that another program of this device gave to the installed app: they are taken in like files that are dropped. */

import type { GivenFiles, TakeFiles } from '../engine/protocol'
import { receive } from './incoming'

/** Asks the service worker once, at the start of the page. */
export function takeSharedFiles(): void {
  const worker = navigator.serviceWorker?.controller
  if (!worker) return
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data: { files } }: MessageEvent<GivenFiles>) => {
    port1.close()
    if (files.length) void receive(files.map(file => ({ path: file.name.normalize('NFC'), file })))
  }
  worker.postMessage({ takeFiles: true } satisfies TakeFiles, [port2])
}
