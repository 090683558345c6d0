/** Which view is shown: a function of the engine, of who is here, and of the route. */

import { route } from './route'
import { byLink } from './state/bylink'
import { engine, sharedOrigin } from './state/engine'
import { freshWords, me, profiles } from './state/session'
import { s } from './strings'
import { DropTarget } from './ui/drop'
import { Notices } from './ui/notices'
import { Shell } from './ui/shell'
import { ByLink, LinkAlone, LinkPage } from './views/bylink'
import { Compose } from './views/compose'
import { Home } from './views/home'
import { Links } from './views/links'
import { Failed, Opening, Refused } from './views/opening'
import { People } from './views/people'
import { Person } from './views/person'
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
  if (!me.value) return <Nobody />
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

/** With no profile open: what a link leads to, or the first screen. */
function Nobody() {
  const at = route.value
  const opened = byLink.value?.share
  if (at.view === 'link') return <LinkAlone code={at.code} />
  if (at.view === 'shared' && opened?.id === at.id) return <ByLink share={opened} path={at.path} />
  return <Welcome />
}

function View() {
  const at = route.value
  switch (at.view) {
    case 'home':
      return <Home />
    case 'people':
      return <People />
    case 'person':
      return <Person key={at.id} id={at.id} />
    case 'share':
      return <Compose />
    case 'shared':
      return <Shared id={at.id} path={at.path} />
    case 'link':
      return <LinkPage code={at.code} />
    case 'links':
      return <Links />
    case 'transfers':
      return <Transfers />
    case 'settings':
      return <Settings />
    case 'words':
      return <Words />
  }
}
