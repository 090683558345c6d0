import type { Failure } from './protocol'
import { type Code, type Detail, type Fault, FAULTS, type Parameters } from '../generated'

/** Why a call failed. `code` is stable, for programs; the message is for people who look closer. */
export class SpinneyError extends Error {
  readonly code: Code
  readonly fault: Fault
  readonly detail: Detail | undefined
  readonly parameters: Parameters

  constructor(code: Code, fault: Fault, message: string, detail?: Detail, parameters: Parameters = {}) {
    super(message)
    this.name = 'SpinneyError'
    this.code = code
    this.fault = fault
    this.detail = detail
    this.parameters = parameters
  }
}

/** An error with the fault that its code always has. */
export const failure = (code: Code, message: string) => new SpinneyError(code, FAULTS[code], message)

/** An error that came over a port, where its class was lost. */
export const received = ({ code, fault, message, detail, parameters }: Failure) =>
  new SpinneyError(code, fault, message, detail, parameters)

/** The caller aborted. */
export const cancelled = () => failure('cancelled', 'the call was cancelled')

/** The engine went to another tab before it had answered. */
export const moved = () => failure('engine-moved', 'the engine moved to another tab: ask again')

/** The worker was replaced after a profile was locked. */
export const renewed = () => failure('engine-moved', 'a profile was locked, and the engine began anew: ask again')

/** The engine broke. */
export const stopped = () => failure('engine-stopped', 'the engine stopped: ask again, or reload this page')

/** A page of another build took the engine; this one must not touch its data any more. */
export const replaced = () => failure('engine-moved', 'another version of Spinney runs in this browser now: reload this page')

/** This tab was closed for the engine by `close()`. */
export const closed = () => failure('engine-moved', 'this engine was closed: open it again')

/** Any thrown value as the one class that leaves this module. */
export function asSpinneyError(thrown: unknown): SpinneyError {
  if (thrown instanceof SpinneyError) return thrown
  if (thrown instanceof DOMException && thrown.name === 'DataCloneError') {
    return failure('unsupported', `an argument cannot be sent to the engine: ${thrown.message}`)
  }
  return failure('engine-stopped', thrown instanceof Error ? thrown.message : String(thrown))
}
