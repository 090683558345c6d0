import type { Attach, Greeting } from './protocol'

/** A leader that says nothing for so long is frozen or hangs: its lock is stolen. */
export const SILENCE_MS = 3_000

/** What came of asking for a connection. */
export type Answer =
  | { kind: 'attached'; port: MessagePort; engine: string }
  | { kind: 'other-build' }
  | { kind: 'nobody' }
  | { kind: 'silent' }

/** Asks for a connection by sending one end of a channel through `send`, and waits for the greeting on the other. */
export function attach(namespace: string, send: (ask: Attach, port: MessagePort) => void): Promise<Answer> {
  const { port1, port2 } = new MessageChannel()
  return new Promise(resolve => {
    const answer = (answer: Answer) => {
      clearTimeout(timer)
      port1.onmessage = null
      if (answer.kind !== 'attached') port1.close()
      resolve(answer)
    }
    const timer = setTimeout(() => answer({ kind: 'silent' }), SILENCE_MS)
    port1.onmessage = ({ data }: MessageEvent<Greeting>) => {
      if ('engine' in data) answer({ kind: 'attached', port: port1, engine: data.engine })
      else answer({ kind: 'build' in data ? 'other-build' : 'nobody' })
    }
    send({ attach: namespace, build: __BUILD__ }, port2)
  })
}
