/** Which view is shown: a function of the engine, of who is here, and of the route. */

import { route } from './route'
import { engine, sharedOrigin } from './state/engine'
import { freshWords, me, profiles } from './state/session'
import { s } from './strings'
import { DropTarget } from './ui/drop'
import { Notices } from './ui/notices'
import { Shell } from './ui/shell'
import { Compose } from './views/compose'
import { Home } from './views/home'
import { Failed, Opening, Refused } from './views/opening'
import { People } from './views/people'
import { Settings } from './views/settings'
import { Shared } from './views/shared'
import { Transfers } from './views/transfers'
import { Welcome } from './views/welcome'
import { Words } from './views/words'

export function App() {
  return (
    <>
      <Shown />
      <Notices />
    </>
  )
}

function Shown() {
  if (sharedOrigin(location.pathname)) return <Refused />
  const now = engine.value
  if (now.state === 'failed') return <Failed error={now.error} />
  if (now.state === 'opening' || !profiles.value) return <Opening />
  if (!me.value) return <Welcome />
  // Words just shown stand alone: nothing else is to be read beside them.
  if (freshWords.value) {
    return (
      <div class="alone">
        <Words />
      </div>
    )
  }
  return (
    <Shell>
      {now.state !== 'ready' && (
        <p class="banner" role="status">
          {now.state === 'moved' ? s.stopped.moved : s.stopped.stopped}
        </p>
      )}
      <View />
      <DropTarget />
    </Shell>
  )
}

function View() {
  const at = route.value
  switch (at.view) {
    case 'home':
      return <Home />
    case 'people':
      return <People />
    case 'share':
      return <Compose />
    case 'shared':
      return <Shared id={at.id} path={at.path} />
    case 'transfers':
      return <Transfers />
    case 'settings':
      return <Settings />
    case 'words':
      return <Words />
  }
}
