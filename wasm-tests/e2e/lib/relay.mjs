// A relay of its own for a test: the real program, with its own folder and port.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { folder, root } from './place.mjs'

export const PROGRAM = process.env.SPINNEY_RELAY ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), 'debug/spinney-relay')

/** The environment of a program whose clock is off, while the time that passes is right. */
const withClock = clock => ({ ...process.env, LD_PRELOAD: FAKETIME, FAKETIME: clock, FAKETIME_DONT_FAKE_MONOTONIC: '1' })
/** Where Debian's package `faketime` puts it. */
const FAKETIME = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`

export class Relay {
  /** Lines of its log, oldest first. */
  log = []

  /** Starts a relay on loopback. `settings` are those of its configuration file; `tap: true` records its streams. */
  /** With `clock`, such as `-3d`, its clock is so far off, by libfaketime. */
  static async start({ tap = false, clock, ...settings } = {}) {
    const relay = new Relay()
    relay.clock = clock
    const place = await folder('relay')
    relay.data = path.join(place, 'data')
    relay.logFile = path.join(place, 'log')
    relay.configFile = path.join(place, 'config.toml')
    relay.config = { data: relay.data, stun: 'off', ...settings }
    if (tap) relay.config.tap = relay.tap = path.join(place, 'tap')
    // A free port, which it keeps when it is started again.
    await relay.listen(0)
    await relay.restart()
    relay.port = Number(/\/tcp\/(\d+)\//.exec(relay.address)[1])
    await relay.listen(relay.port)
    return relay
  }

  /** Makes it listen on this port of loopback from its next start on. */
  async listen(port) {
    const settings = { ...this.config, listen: `127.0.0.1:${port}` }
    // JSON's strings, numbers and lists are valid TOML.
    await writeFile(this.configFile, Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join(''))
  }

  /** Starts it, or starts it again on the same folder and port. Its address stays. */
  async restart() {
    this.process = spawn(PROGRAM, ['--config', this.configFile], { stdio: ['ignore', 'pipe', 'pipe'], env: this.clock ? withClock(this.clock) : process.env })
    // Not 'exit', because its last output may come after that.
    this.ended = once(this.process, 'close')
    const file = createWriteStream(this.logFile, { flags: 'a' })
    this.process.stderr.pipe(file, { end: false })
    createInterface({ input: this.process.stderr }).on('line', line => this.log.push(line))
    const lines = createInterface({ input: this.process.stdout })
    const [line] = await Promise.race([
      once(lines, 'line'),
      this.ended.then(([code]) => {
        throw new Error(`the relay ended with ${code}:\n${this.log.join('\n')}`)
      }),
    ])
    this.address = line.replace(/^listening /, '')
  }

  /** Starts it again with STUN, and returns the STUN address. */
  async answerStun() {
    this.config.stun = `127.0.0.1:${this.port}`
    await this.listen(this.port)
    await this.stop()
    await this.restart()
    return `stun:${this.config.stun}`
  }

  /** What it has done since it started. */
  async counters() {
    const response = await fetch(`http://127.0.0.1:${this.port}/healthz`)
    return (await response.json()).counters
  }

  /** Bytes of blocks that it has served since it started. */
  async bytesServed() {
    return (await this.counters()).bitswapBytes
  }

  /** Asks it to stop, and waits until it has. */
  async stop() {
    this.process.kill('SIGTERM')
    await this.ended
  }

  /** Ends it as a power cut would. */
  async kill() {
    this.process.kill('SIGKILL')
    await this.ended
  }
}
