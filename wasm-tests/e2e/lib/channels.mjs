// How a data channel gets from the window to the worker. Both run in every page, before anything else.

/** Counts in `handed` the channels that the browser itself transfers. */
export function countChannels() {
  window.handed = 0
  const post = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (message, transfer = []) {
    post.call(this, message, transfer)
    if (Array.isArray(transfer) && transfer.some(each => each instanceof RTCDataChannel)) window.handed += 1
  }
}

/** Makes the browser refuse the transfer, as Firefox did before version 144, and counts in `refused`. */
export function refuseChannels() {
  window.refused = 0
  const post = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (message, transfer = []) {
    if (Array.isArray(transfer) && transfer.some(each => each instanceof RTCDataChannel)) {
      window.refused += 1
      throw new DOMException('cannot be handed over', 'DataCloneError')
    }
    return post.call(this, message, transfer)
  }
}
