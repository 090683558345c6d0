/** Chooses the view from the state of the engine, the unlocked profile and the route. */

import { route } from './route'
import { cleared } from './state/cleared'
import { firstShare } from './state/first-share'
import { guestShare } from './state/guest-share'
import { engine, isFramed, sharedOrigin } from './state/engine'
import { me, profiles, revealedWords } from './state/session'
import { s } from './strings'
import { DropTarget } from './ui/drop-target'
import { NewVersion } from './ui/new-version'
import { Notices } from './ui/notices'
import { Shell } from './ui/shell'
import { Compose } from './views/compose'
import { DropPage, DropStandalone } from './views/drop-page'
import { Drops } from './views/drops'
import { FirstShare } from './views/first-share'
import { GuestSharePage } from './views/guest-share'
import { Home } from './views/home'
import { Links } from './views/links'
import { OpenLinkPage, OpenLinkStandalone } from './views/open-link'
import { People } from './views/people'
import { Person } from './views/person'
import { RecoveryPhrase } from './views/recovery-phrase'
import { Settings } from './views/settings'
import { SharePage } from './views/share-page'
import { Cleared, FramedError, Loading, SharedOriginError, StartupError } from './views/startup'
import { Transfers } from './views/transfers'
import { Welcome } from './views/welcome'

export function App() {
  return (
    <>
      <CurrentScreen />
      <DropTarget />
      <Notices />
    </>
  )
}

function CurrentScreen() {
  if (isFramed) return <FramedError />
  if (sharedOrigin(location.pathname)) return <SharedOriginError />
  if (cleared.value) return <Cleared />
  const now = engine.value
  if (now.state === 'failed') return <StartupError error={now.error} />
  if (now.state === 'opening' || !profiles.value) return <Loading />
  if (firstShare.value) return <FirstShare now={firstShare.value} />
  if (!me.value) return <SignedOut />
  // Recovery words are shown alone, without the navigation.
  if (revealedWords.value) {
    return (
      <div class="standalone">
        <RecoveryPhrase />
      </div>
    )
  }
  return (
    <Shell>
      {(now.state === 'moved' || now.state === 'stopped') && (
        <p class="banner" role="status">
          {s.stopped[now.state]}
        </p>
      )}
      <NewVersion />
      <CurrentView />
    </Shell>
  )
}

/** Without an unlocked profile: the share of a link, or the first screen. */
function SignedOut() {
  const at = route.value
  const opened = guestShare.value?.share
  if (at.view === 'link') return <OpenLinkStandalone key={at.code} code={at.code} />
  if (at.view === 'drop') return <DropStandalone key={at.code} code={at.code} />
  if (at.view === 'shared' && opened?.id === at.id) return <GuestSharePage share={opened} path={at.path} folder={at.folder} />
  return <Welcome />
}

function CurrentView() {
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
      return <SharePage id={at.id} path={at.path} folder={at.folder} />
    case 'link':
      return <OpenLinkPage key={at.code} code={at.code} />
    case 'drop':
      return <DropPage key={at.code} code={at.code} />
    case 'drops':
      return <Drops />
    case 'links':
      return <Links />
    case 'transfers':
      return <Transfers />
    case 'settings':
      return <Settings />
    case 'words':
      return <RecoveryPhrase />
  }
}
