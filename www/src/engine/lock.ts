/** A Web Lock that this tab holds. */
export interface Held {
  release(): void
  /** Settles when the lock is released or stolen. */
  readonly over: Promise<'released' | 'stolen'>
}

/** Asks for a Web Lock; undefined where `ifAvailable` finds it taken or `signal` aborts the waiting. */
export function hold(name: string, options: LockOptions): Promise<Held | undefined> {
  return new Promise(resolve => {
    let release = () => {}
    const kept = new Promise<void>(done => {
      release = done
    })
    const over = navigator.locks
      .request(name, options, lock => {
        // `over` is set by now: the lock is granted in a later task than it was asked for.
        resolve(lock ? { release, over } : undefined)
        return lock ? kept : undefined
      })
      .then(
        () => 'released' as const,
        () => {
          resolve(undefined)
          return 'stolen' as const
        },
      )
  })
}
