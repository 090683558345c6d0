/** Messages between the engine's worker and the one that derives a key. */

/** One passphrase, and the salt and costs of its key (memory in KiB, passes, lanes). */
export interface Job {
  passphrase: string
  salt: Uint8Array
  m: number
  t: number
  p: number
}

/** The job, with the code that does it. */
export type Order = Job & { code: WebAssembly.Module }

export type Answer =
  | { key: Uint8Array }
  /** The machine has not enough memory, or the costs are not allowed. */
  | { refused: 'memory' | 'params' }
  /** The worker could not do the job. */
  | { failed: string }
