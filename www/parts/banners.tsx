/** What stands above a view. All of them speak of one profile, to which everything has happened. */

import type { ComponentChild } from 'preact'
import type { Me } from '../src/contract'
import { me } from '../src/state/session'
import { OwnKeysBanner } from '../src/ui/keys-banner'
import { PassphraseForm } from '../src/ui/passphrase-form'
import { RemovedBanner } from '../src/ui/removed-banner'
import { RestoredBanner } from '../src/ui/restored-banner'
import type { Part } from './part'

const tried: Me = {
  id: 'k51a',
  name: 'Anna',
  invite: 'https://example.org/#/add/abc',
  receipts: false,
  relayOnly: false,
  mayBeShown: false,
  waiting: false,
  wordsConfirmed: false,
  published: true,
  leftOut: 0,
  removed: true,
  restored: { published: new Date(2026, 4, 3, 12), silent: ['/dns4/relay.example.org/tcp/443/wss'] },
  changedKeys: { at: new Date(2026, 4, 3, 12), links: ['Summer', 'Winter'] },
  oldKeys: false,
}

const of = (Banner: () => ComponentChild) => () => {
  me.value = tried
  return <Banner />
}

export const banners: readonly Part[] = [
  { name: 'RemovedBanner', states: { 'of this browser': of(RemovedBanner) } },
  { name: 'RestoredBanner', states: { 'with a relay that is silent': of(RestoredBanner) } },
  { name: 'OwnKeysBanner', states: { 'after a change': of(OwnKeysBanner) } },
  {
    name: 'PassphraseForm',
    states: {
      'before something secret': of(() => (
        <PassphraseForm label="Your passphrase" action="Show the words" onPassphrase={async () => {}}>
          <p>Whoever reads the words can become you.</p>
        </PassphraseForm>
      )),
      'that refuses': of(() => (
        <PassphraseForm label="Your passphrase" action="Open" onPassphrase={() => Promise.reject(new Error('no'))} />
      )),
    },
  },
]
