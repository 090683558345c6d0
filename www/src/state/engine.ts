/** The engine and its state. */

import { signal } from '@preact/signals'
import type { Spinney } from '../contract'
import { open } from '../spinney'

export type Engine = { state: 'opening' | 'ready' | 'moved' | 'stopped' } | { state: 'failed'; error: unknown }

export const engine = signal<Engine>({ state: 'opening' })

let opened: Spinney | undefined

/** The typed API. Only views that need a ready engine may call it. */
export function api(): Spinney {
  if (!opened) throw new Error('the engine is not open yet')
  return opened
}

/** Opens the engine or attaches to the one in another tab. */
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
 * Whether the page is on a path gateway, where all sites share one origin and its storage. No profile may be kept there.
 */
export const sharedOrigin = (path: string): boolean => /\/ip[fn]s\//.test(path)
