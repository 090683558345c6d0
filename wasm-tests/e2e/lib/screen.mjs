// A screen of its own, with a window manager: for what a browser shows outside of its pages, which nobody else can press.
import { execFile, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { until } from './until.mjs'

const run = promisify(execFile)

/** Programs that it needs, all in Debian packages of about their names. */
const PROGRAMS = ['Xvfb', 'openbox', 'xdotool']

/** Which of its programs are missing on this machine. */
export async function missing() {
  const found = await Promise.all(PROGRAMS.map(name => run('which', [name]).then(() => null, () => name)))
  return found.filter(Boolean)
}

/** Milliseconds until a prompt is there, on a busy machine. */
const PROMPT = 3000

export class Screen {
  #processes = []

  static async open() {
    const screen = new Screen()
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    screen.#processes.push(server)
    const number = await new Promise((resolve, reject) => {
      server.once('error', reject)
      server.once('exit', code => reject(new Error(`Xvfb ended with ${code}`)))
      server.stdio[3].once('data', text => resolve(String(text).trim()))
    })
    screen.env = { ...process.env, DISPLAY: `:${number}` }
    screen.#processes.push(spawn('openbox', [], { env: screen.env, stdio: 'ignore' }))
    return screen
  }

  /** Brings the window of this title to the front, once there is one. */
  async front(title) {
    await this.#do('search', '--sync', '--onlyvisible', '--name', title, 'windowactivate', '--sync')
    await until(async () => (await this.#do('getactivewindow', 'getwindowname').catch(() => '')).trim(), title)
  }

  /** Waits until no window of this title is there. */
  async gone(title) {
    await until(() => this.#do('search', '--onlyvisible', '--name', title).then(() => false, () => true), true)
  }

  /** Waits for a prompt of the browser: it is a part of its window, so that nothing tells when it is there. */
  async prompt() {
    await sleep(PROMPT)
  }

  /** Presses keys, such as `ctrl+l`, one after the other. */
  async press(...keys) {
    await this.#do('key', '--clearmodifiers', '--delay', '200', ...keys)
  }

  async type(text) {
    await this.#do('type', '--delay', '10', text)
  }

  close() {
    for (const each of this.#processes.reverse()) each.kill()
  }

  async #do(...args) {
    const { stdout } = await run('xdotool', args, { env: this.env, timeout: 60_000 })
    return stdout
  }
}
