import type { Fault } from '../contract'

/** Why a call failed. `code` is stable, for programs; the message is for people who look closer. */
export class SpinneyError extends Error {
  readonly code: string
  readonly fault: Fault

  constructor(code: string, fault: Fault, message: string) {
    super(message)
    this.name = 'SpinneyError'
    this.code = code
    this.fault = fault
  }
}

/** The caller aborted. */
export const cancelled = () => new SpinneyError('cancelled', 'user', 'the call was cancelled')

/** The engine went to another tab before it had answered. */
export const moved = () => new SpinneyError('engine-moved', 'bug', 'the engine moved to another tab: ask again')

/** The engine broke. */
export const stopped = () => new SpinneyError('engine-stopped', 'bug', 'the engine stopped: ask again, or reload this page')

/** A page of another build took the engine; this one must not touch its data any more. */
export const replaced = () =>
  new SpinneyError('engine-moved', 'user', 'another version of Spinney runs in this browser now: reload this page')

/** This tab was closed for the engine by `close()`. */
export const closed = () => new SpinneyError('engine-moved', 'user', 'this engine was closed: open it again')

/** Whatever was thrown, as the one class that leaves this module. */
export function asSpinneyError(thrown: unknown): SpinneyError {
  if (thrown instanceof SpinneyError) return thrown
  if (thrown instanceof DOMException && thrown.name === 'DataCloneError') {
    return new SpinneyError('unsupported', 'user', `an argument cannot be sent to the engine: ${thrown.message}`)
  }
  return new SpinneyError('engine-stopped', 'bug', thrown instanceof Error ? thrown.message : String(thrown))
}
