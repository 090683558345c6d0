/** Renders the page, opens the engine and applies its events to the state. */

import { render } from 'preact'
import './trusted-types'
import './style'
import { App } from './app'
import { listenForShortcuts } from './keyboard-shortcuts'
import { watchRoute } from './route'
import { watchUse } from './state/auto-lock'
import { watchStorage } from './state/cleared'
import { keepForOthers, watchVersion } from './state/new-version'
import { keepScreenOn } from './state/wake-lock'
import { engine, isFramed, sharedOrigin, start } from './state/engine'
import { follow, listAgain } from './state/events'
import { watchWaiting } from './state/incoming'
import { watchInstall } from './state/install'
import { openLanguage } from './state/language'
import { guardLeaving } from './state/leaving'
import { watchConnection, watchOnline } from './state/network'
import { watchNews } from './state/news'
import { watchPush } from './state/push'
import { takeSharedFiles } from './state/shared-files'

const app = document.getElementById('app')
void openLanguage().then(() => app && render(<App />, app))
watchRoute()
listenForShortcuts()
watchOnline()
watchConnection()
keepScreenOn()
guardLeaving()
watchWaiting()
watchVersion()
watchNews()
watchPush()
watchUse()
watchInstall()
keepForOthers()
if (!isFramed && !sharedOrigin(location.pathname)) {
  takeSharedFiles()
  void run()
}

async function run(): Promise<void> {
  void watchStorage().catch(() => {}) // where storage is blocked, the engine says so
  const spinney = await start()
  if (!spinney) return
  const ended = follow(spinney)
  try {
    await listAgain(spinney)
  } catch (error) {
    // If the engine is ready, only a list failed to load. The next resync loads it again.
    if (engine.value.state === 'opening') engine.value = { state: 'failed', error }
  }
  await ended
}
