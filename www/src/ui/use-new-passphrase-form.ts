/** A form that ends in a new passphrase: its fields are checked at once, then the passphrase is judged. */

import { type Signal, useSignal } from '@preact/signals'
import type { Ref } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { focusInvalid } from './field'
import { passphraseProblem } from './new-passphrase'
import { useAsyncAction } from './use-async-action'

interface PassphraseFormState {
  form: Ref<HTMLFormElement>
  /** Whether it was sent: for `Sent`. */
  sent: boolean
  passphrase: Signal<string>
  busy: boolean
  problem: string | null
  submit: (event: Event) => void
}

/** `about` are words that others know about the person; `act` runs once nothing is wrong. */
export function useNewPassphraseForm(
  about: readonly string[],
  act: (passphrase: string) => Promise<void>,
  explain?: (error: unknown) => string | undefined,
): PassphraseFormState {
  const passphrase = useSignal('')
  const form = useRef<HTMLFormElement>(null)
  const [sent, setSent] = useState(false)
  const { busy, problem, reject, run } = useAsyncAction()
  const check = async () => {
    reject(null)
    setSent(true)
    // Preact renders before the next task.
    await new Promise(resolve => setTimeout(resolve))
    if (form.current && focusInvalid(form.current)) return
    const weak = await passphraseProblem(passphrase.value, about)
    if (weak) return reject(weak)
    await run(() => act(passphrase.value), explain)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void check()
  }
  return { form, sent, passphrase, busy, problem, submit }
}
