/** Two fields for a new passphrase, with a strength meter. */

import type { Signal } from '@preact/signals'
import { LIMITS } from '../generated'
import { s } from '../strings'
import { Field } from './field'
import { StrengthMeter } from './strength-meter'

interface Props {
  label: string
  first: Signal<string>
  second: Signal<string>
  /** Words that others know about this person: they make a passphrase weak. */
  about: readonly string[]
}

export function NewPassphrase({ label, first, second, about }: Props) {
  // No error while the second field is still shorter.
  const differ = second.value.length >= first.value.length && second.value !== first.value
  return (
    <>
      <Field
        label={label}
        type="password"
        autoComplete="new-password"
        hint={s.create.passphraseHint}
        value={first.value}
        onInput={value => (first.value = value)}
      >
        <StrengthMeter passphrase={first.value} about={about} />
      </Field>
      <Field
        label={s.create.again}
        type="password"
        autoComplete="new-password"
        value={second.value}
        onInput={value => (second.value = value)}
        error={differ ? s.create.differ : null}
      />
    </>
  )
}

/** Why these two inputs are not a valid passphrase; null if they are. */
export async function passphraseProblem(first: string, second: string, about: readonly string[]): Promise<string | null> {
  if (!first) return s.create.needPassphrase
  if ([...first].length < LIMITS.passphraseChars) return s.create.shortPassphrase
  if (first !== second) return s.create.differ
  return (await isGuessedAtOnce(first, about)) ? s.create.weakPassphrase : null
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
