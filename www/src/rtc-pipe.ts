// Pipes a data channel through a port, for browsers that cannot transfer the channel to a worker.

import type { FromPipe, ToPipe } from './engine/protocol'

/** Batches sent to the worker and not taken yet: one that it reads and the next one. */
const BATCHES_AHEAD = 2

/** Bytes that may wait for the worker: as many as the worker would hold itself. */
const MOST_WAITING = 16 * 2 ** 20

/** The worker may send more once the browser's send buffer holds fewer bytes than this. */
const SEND_LOW = 2 ** 19

/** Pipes a channel and returns the worker's end. */
export function pipe(channel: RTCDataChannel): MessagePort {
  const { port1: port, port2 } = new MessageChannel()
  const tell = (message: FromPipe, transfer: Transferable[] = []) => port.postMessage(message, transfer)
  let waiting: ArrayBuffer[] = []
  let bytes = 0
  let ahead = 0
  let unsent = 0

  const flush = () => {
    if (ahead === BATCHES_AHEAD || waiting.length === 0) return
    const received = waiting
    waiting = []
    bytes = 0
    ahead += 1
    tell({ received }, received)
  }
  const tellSent = () => {
    if (unsent === 0 || channel.bufferedAmount > SEND_LOW) return
    tell({ sent: unsent })
    unsent = 0
  }

  channel.binaryType = 'arraybuffer'
  channel.bufferedAmountLowThreshold = SEND_LOW
  channel.onopen = () => tell({ open: true })
  channel.onbufferedamountlow = tellSent
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (!(data instanceof ArrayBuffer) || bytes + data.byteLength > MOST_WAITING) {
      channel.close()
      return
    }
    waiting.push(data)
    bytes += data.byteLength
    flush()
  }
  channel.onclose = () => {
    ahead = 0 // there is nothing more to hold back
    flush()
    tell({ closed: true })
  }
  port.onmessage = ({ data }: MessageEvent<ToPipe>) => {
    if ('send' in data) {
      if (channel.readyState !== 'open') return
      channel.send(data.send)
      unsent += data.send.byteLength
      tellSent()
    } else if ('taken' in data) {
      ahead -= 1
      flush()
    } else {
      channel.onclose = null
      channel.close()
      port.close()
    }
  }
  return port2
}
