// What the page uses of the wasm's glue, so that its types and lint need no Rust. The build puts `spinney.js` and
// `spinney_bg.wasm` beside this file; `cargo xtask test e2e` compares it with the glue that was built.

import type { Directories } from '../engine/directories'
import type { Job } from '../passphrase.job'

/** Loads the wasm. Nothing else may be called before it is loaded. */
export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>

/** Derives the key of a passphrase with Argon2id, which holds the thread meanwhile. Throws 'memory' or 'params'. */
export function deriveKey(passphrase: string, salt: Uint8Array, m: number, t: number, p: number): Uint8Array

/** The engine of one worker. */
export class Host {
  private constructor()
  /**
   * Opens the engine. `rtc` leads to the window's RTC host. `inherited` is what came in the last
   * `Bequest` of the engine before this one. `start_passphrase_worker` starts a worker that has this job.
   * `on_panic` is called with one line of text when the engine breaks, `on_locked` when a page has locked the profile:
   * then the worker is to end.
   *
   * Throws `{code, fault, message}`.
   */
  static open(
    config: { namespace: string; relays: readonly string[]; onLoopback: boolean },
    rtc: MessagePort | undefined,
    inherited: CryptoKey | undefined,
    start_passphrase_worker: (job: Job) => Worker,
    on_panic: (why: string) => void,
    on_locked: () => void,
    directories: Directories,
  ): Promise<Host>
  /** Serves a port until its other end says goodbye or is gone. */
  attach(port: MessagePort): void
  /** Tries every connection, since the machine may have slept. */
  probe(): Promise<void>
}
