/** Renders the page, opens the engine and applies its events to the state. */

import { render } from 'preact'
import './trusted-types'
import './style/tokens.css'
import './style/utilities.css'
import './style/controls.css'
import './style/components.css'
import './style/layout.css'
import './style/home.css'
import './style/empty-illustration.css'
import './style/share.css'
import './style/viewer.css'
import './style/people.css'
import './style/compose.css'
import './style/recovery-phrase.css'
import './style/transfers.css'
import './style/links.css'
import './style/guest.css'
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
import { guardLeaving } from './state/leaving'
import { watchConnection, watchOnline } from './state/network'
import { watchNews } from './state/news'
import { takeSharedFiles } from './state/shared-files'
import { language } from './strings'

document.documentElement.lang = language
const app = document.getElementById('app')
if (app) render(<App />, app)
watchRoute()
listenForShortcuts()
watchOnline()
watchConnection()
keepScreenOn()
guardLeaving()
watchWaiting()
watchVersion()
watchNews()
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
