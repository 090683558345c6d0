// What goes over a port between the engine and one tab, or the service worker.

import type { SpinneyEvent } from '../contract'
import type { Code, Detail, Fault, Parameters } from '../generated'

/** To the engine. */
export type Request =
  | { id: number; method: string; args: readonly unknown[] }
  /** Ends a call or a stream; the engine sends nothing more for it. */
  | { cancel: number }
  /** Grants a stream that many pieces more. */
  | { pull: number; pieces: number }
  /** Opens a queue of events under this number: every event from now on. */
  | { subscribe: number }
  /** Closes a queue. */
  | { unsubscribe: number }
  /** A batch of this queue was read: the next may come. */
  | { seen: number }
  /** Comes with a port to an `Heir`. */
  | { heir: true }
  /** The port is about to close. */
  | { bye: true }

/** From the engine to a worker that takes over when this one ends. */
export interface Bequest {
  /** Opens what is sealed of the profile that is open now; null once none is. It can be used, and not be read. */
  key: CryptoKey | null
}

/** From the engine. A stream is pieces and then `ok` or `error`. */
export type Reply =
  | { id: number; ok: unknown }
  | { id: number; error: Failure }
  | { id: number; piece: Uint8Array }
  /** The next batch of a queue. */
  | { feed: number; events: SpinneyEvent[] }

export interface Failure {
  code: Code
  fault: Fault
  message: string
  detail?: Detail
  parameters?: Parameters
}

/** The first message on a new port, from the window that leads; then the port belongs to its worker. */
export type Greeting =
  /** The port is connected to the engine of this name. */
  | { engine: string }
  /** The leader is of another build: it gives way if asked to (`tabs.ts`). */
  | { build: string }
  /** Nobody leads, or not any more. */
  | { nobody: true }

/** Asks the service worker, and it asks the leader's window, to connect the port that comes with it. */
export interface Attach {
  attach: string
  build: string
}

export function isAttach(message: unknown): message is Attach {
  return typeof message === 'object' && message !== null && 'attach' in message && 'build' in message
}

/** From the service worker to every window; the one that leads answers on the port that comes with it. */
export interface WhoLeads {
  whoLeads: string
}

/** From the service worker to every window, each second while something is saved. A window answers with `Awake`. */
export interface SaveNews {
  saves: SaveProgress[]
}

/** One file, or a share as a zip, that the service worker streams into the downloads of the browser. */
export interface SaveProgress {
  /** Made by the page that began it. */
  id: string
  share: string
  /** The path of a file; none of a zip. */
  path?: string
  /** The name under which it is saved. */
  name: string
  /** Bytes handed to the browser so far. */
  bytes: number
  /** Bytes in all, if it is a file. */
  total?: number
  state: 'running' | 'waiting' | 'done' | 'failed' | 'cancelled'
  /** Why it failed. */
  code?: Code
}

/** To a service worker that could not take over while something was saved: try again. */
export interface TakeOver {
  takeOver: true
}

export function isTakeOver(message: unknown): message is TakeOver {
  return typeof message === 'object' && message !== null && 'takeOver' in message
}

/** Keeps the service worker alive: a browser ends one that nobody speaks to. */
export interface Awake {
  awake: true
}

export function isAwake(message: unknown): message is Awake {
  return typeof message === 'object' && message !== null && 'awake' in message
}

/** Asks the service worker for the files that the system handed to the app. The answer comes on the port beside it. */
export interface TakeFiles {
  takeFiles: true
}

export interface GivenFiles {
  files: File[]
}

export function isTakeFiles(message: unknown): message is TakeFiles {
  return typeof message === 'object' && message !== null && 'takeFiles' in message
}

/** Between a window and its worker: that of the engine, or the one that takes over. */
export type ToWorker =
  /** Comes with a port to the window's RTC host, if this browser has peer connections. */
  | { open: { namespace: string; relays: readonly string[]; version: string } }
  /** Comes with a port. */
  | { attach: true }
  /** Comes with a port on which each `Bequest` arrives, until this worker opens the engine itself. */
  | { inherit: true }
export type FromWorker =
  | { opened: true }
  | { failed: Failure }
  /** The engine panicked. */
  | { stopped: string }
  /** A profile was locked: secrets may be left in the memory of this worker, so it is to end. */
  | { locked: true }

// Over the port of an RTC host comes, for each peer connection that the engine wants, a port that is its own.

/** To a peer connection. */
export type ToPeer =
  /** Open a channel with this label. */
  | { open: string }
  /** Describe an offer. */
  | { offer: true }
  /** Take this offer and describe the answer. */
  | { answer: string }
  /** Take the answer to the offer. */
  | { accept: string }
  /** Try to reach the peer there: the JSON of a candidate, or null after the last. */
  | { try: string | null }
  /** Close it. */
  | { bye: true }

/** From a peer connection. */
export type FromPeer =
  /** What was asked for; candidates come after it. */
  | { described: string }
  /** The JSON of a candidate of this end, or null after the last. */
  | { candidate: string | null }
  | { state: 'connected'; maxMessage: number }
  | { state: 'interrupted' | 'failed' }
  /** A channel that was asked for, or, with a label, that the peer opened; a port where it has to be piped. */
  | { channel: RTCDataChannel | MessagePort; label?: string }

/** To a channel that is piped. */
export type ToPipe =
  | { send: ArrayBuffer }
  /** One batch was taken: another may come. */
  | { taken: true }
  | { bye: true }

/** From a channel that is piped. */
export type FromPipe =
  | { open: true }
  | { received: ArrayBuffer[] }
  /** So many bytes were passed on. */
  | { sent: number }
  | { closed: true }
