/** One field for a new passphrase, which can be shown and proposed, with a strength meter. */

import { type Signal, useSignal } from '@preact/signals'
import { LIMITS } from '../generated'
import { s } from '../strings'
import { EnglishWords } from './english-words'
import { Field } from './field'
import { StrengthMeter } from './strength-meter'
import { useAsyncAction } from './use-async-action'

interface Props {
  label: string
  passphrase: Signal<string>
  /** Words that others know about this person: they make a passphrase weak. */
  about: readonly string[]
}

export function NewPassphrase({ label, passphrase, about }: Props) {
  const shown = useSignal(false)
  const proposed = useSignal('')
  const { busy, problem, run } = useAsyncAction()
  const propose = () =>
    run(async () => {
      const { proposedPassphrase } = await import('../proposed-passphrase')
      proposed.value = proposedPassphrase()
      passphrase.value = proposed.value
      // They have to be read to be kept.
      shown.value = true
    })
  return (
    <>
      <Field
        label={label}
        type="password"
        autoComplete="new-password"
        hint={s.create.passphraseHint}
        value={passphrase.value}
        onInput={value => (passphrase.value = value)}
        shown={shown}
        error={problem}
        check={() => lengthProblem(passphrase.value)}
      >
        <StrengthMeter passphrase={passphrase.value} about={about} />
      </Field>
      {/* A narrow field does not show all of them. */}
      {shown.value && passphrase.value === proposed.value && proposed.value && (
        <>
          <p class="proposed" lang="en" dir="ltr">
            {proposed.value}
          </p>
          <EnglishWords />
        </>
      )}
      <div class="actions">
        <button type="button" class="button" disabled={busy} onClick={() => void propose()}>
          {s.create.propose}
        </button>
      </div>
    </>
  )
}

/** Why this input is no valid new passphrase; null if it is. */
export const passphraseProblem = async (passphrase: string, about: readonly string[]): Promise<string | null> =>
  lengthProblem(passphrase) ?? ((await isGuessedAtOnce(passphrase, about)) ? s.create.weakPassphrase : null)

function lengthProblem(passphrase: string): string | null {
  if (!passphrase) return s.create.needPassphrase
  return [...passphrase].length < LIMITS.passphraseChars ? s.create.shortPassphrase : null
}

async function isGuessedAtOnce(passphrase: string, about: readonly string[]): Promise<boolean> {
  try {
    const { passphraseScore } = await import('../strength')
    return passphraseScore(passphrase, about) === 0
  } catch {
    // The host cannot be reached. That is no reason to keep somebody from their profile.
    return false
  }
}
