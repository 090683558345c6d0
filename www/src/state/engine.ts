/** The opened engine, and whether it can be spoken to. */

import { signal } from '@preact/signals'
import type { Spinney } from '../contract'
import { open } from '../spinney'

export type Engine =
  | { state: 'opening' | 'ready' | 'moved' | 'stopped' }
  | { state: 'failed'; error: unknown }

export const engine = signal<Engine>({ state: 'opening' })

let opened: Spinney | undefined

/** The typed API. Only views shown after the engine is ready call it. */
export function api(): Spinney {
  if (!opened) throw new Error('the engine is not open yet')
  return opened
}

/** Opens the engine or attaches to another tab's. */
export async function start(): Promise<Spinney | null> {
  try {
    opened = await open()
    return opened
  } catch (error) {
    engine.value = { state: 'failed', error }
    return null
  }
}

/**
 * Whether this page may keep a profile: a path gateway shares one origin, and so one storage, among all its sites.
 */
export const sharedOrigin = (path: string): boolean => /\/ip[fn]s\//.test(path)
