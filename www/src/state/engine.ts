/** The engine and its state. */

import { signal } from '@preact/signals'
import type { Spinney } from '../contract'
import { open } from '../spinney'

/** `replaced`: a page of another build runs the engine, and this page has to be loaded again. */
export type Engine = { state: 'opening' | 'ready' | 'moved' | 'stopped' | 'replaced' } | { state: 'failed'; error: unknown }

export const engine = signal<Engine>({ state: 'opening' })

/** The Web Lock of the page's own namespace: the tab that runs the engine holds it, and the others wait for it. */
export const ENGINE_LOCK = 'spinney:spinney'

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

/** Has views speak to something else than an engine: those of the page of parts. */
export function standIn(other: Spinney): void {
  opened = other
}

/** Lets go of the engine for good. */
export function detach(): void {
  void opened?.close()
}

/**
 * Whether another page shows this one in a frame. It could have the reader click on things that they do not see, and a
 * policy in the page itself cannot forbid it.
 */
export const isFramed: boolean = window.top !== window

/** Whether the page is in a folder of its host, so that other pages may lie beside it, in the same origin. */
export const isInFolder = (path: string): boolean => path !== '/' && path !== '/index.html'

/**
 * Whether the page is on a path gateway, where all sites share one origin and its storage. No profile may be kept there.
 */
export const sharedOrigin = (path: string): boolean => /\/ip[fn]s\//.test(path)
