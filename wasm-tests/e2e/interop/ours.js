// A page of ours: the worker with the peer, and the window's host for its peer connections.
import { RtcHost } from '../../../www/src/rtc-host.ts'

const { port1, port2 } = new MessageChannel()
new RtcHost(port1, [])
const worker = new Worker(new URL('./ours.worker.js', import.meta.url), { type: 'module' })
worker.postMessage(port2, [port2])
await new Promise(resolve => { worker.onmessage = resolve })
