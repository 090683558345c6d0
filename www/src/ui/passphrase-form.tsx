/** Asks for the passphrase before something that only the person may do. */

import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { me } from '../state/session'
import { Field, UsernameHint } from './field'
import { useAsyncAction } from './use-async-action'

interface Properties {
  label: string
  /** What the button says. */
  action: string
  class?: string
  onPassphrase: (passphrase: string) => Promise<void>
  children?: ComponentChildren
}

export function PassphraseForm({ label, action, class: kind = 'stack', onPassphrase, children }: Properties) {
  const passphrase = useSignal('')
  const { busy, problem, run } = useAsyncAction()
  const submit = (event: Event) => {
    event.preventDefault()
    void run(() => onPassphrase(passphrase.value))
  }
  return (
    <form class={kind} onSubmit={submit}>
      {children}
      <UsernameHint name={me.value?.name ?? ''} />
      <Field
        label={label}
        type="password"
        autoComplete="current-password"
        value={passphrase.value}
        onInput={value => (passphrase.value = value)}
        error={problem}
      />
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {action}
        </button>
      </div>
    </form>
  )
}
