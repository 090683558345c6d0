/** What people type into. */

import { useSignal } from '@preact/signals'
import { Checkbox, Field, Sent, TextArea } from '../src/ui/field'
import { LinkField } from '../src/ui/link-field'
import { NewPassphrase } from '../src/ui/new-passphrase'
import { SearchField } from '../src/ui/search-field'
import { StrengthMeter } from '../src/ui/strength-meter'
import type { Part } from './part'

function Typed({ type, hint, check }: { type?: 'password'; hint?: string; check?: (value: string) => string | null }) {
  const value = useSignal('')
  return (
    <Field
      label={type ? 'Passphrase' : 'Your name'}
      {...(type && { type })}
      hint={hint}
      value={value.value}
      onInput={next => (value.value = next)}
      {...(check && { check: () => check(value.value) })}
    />
  )
}

const needed = (value: string) => (value ? null : 'Type a name first.')

function TypedArea() {
  const value = useSignal('')
  return <TextArea label="Note" value={value.value} onInput={next => (value.value = next)} />
}

function Ticked({ hint }: { hint?: string }) {
  const checked = useSignal(false)
  return <Checkbox label="Stay signed in" {...(hint && { hint })} checked={checked.value} onChange={next => (checked.value = next)} />
}

function Passphrase() {
  const passphrase = useSignal('')
  return <NewPassphrase label="Passphrase" passphrase={passphrase} about={['Anna']} />
}

function Searched() {
  const value = useSignal('')
  return <SearchField label="Search" value={value.value} onInput={next => (value.value = next)} />
}

export const fields: readonly Part[] = [
  {
    name: 'Field',
    states: {
      empty: () => <Typed />,
      'with a hint': () => <Typed hint="Friends see it." />,
      'of a secret': () => <Typed type="password" />,
      'of a form that was sent': () => (
        <Sent.Provider value={true}>
          <Typed check={needed} />
        </Sent.Provider>
      ),
      refused: () => <Field label="Their invite or id" value="hello" onInput={() => {}} error="This is neither an id nor an invite." />,
    },
  },
  { name: 'TextArea', states: { empty: () => <TypedArea /> } },
  {
    name: 'Checkbox',
    states: { plain: () => <Ticked />, 'with a hint': () => <Ticked hint="Anyone who uses this browser can open your profile." /> },
  },
  { name: 'NewPassphrase', states: { empty: () => <Passphrase /> } },
  {
    name: 'StrengthMeter',
    states: {
      empty: () => <StrengthMeter passphrase="" about={[]} />,
      weak: () => <StrengthMeter passphrase="password" about={[]} />,
      strong: () => <StrengthMeter passphrase="lantern orbit velvet canyon tulip" about={[]} />,
    },
  },
  { name: 'SearchField', states: { empty: () => <Searched /> } },
  {
    name: 'LinkField',
    states: {
      calm: () => <LinkField url="https://example.org/#/link/abc" label="Link" copy="Copy the link" />,
      'the main thing': () => <LinkField url="https://example.org/#/add/abc" label="Invite link" copy="Copy" main />,
    },
  },
]
