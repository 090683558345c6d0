/** Shows how easy a new passphrase is to guess, according to zxcvbn, which is loaded on demand. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { s } from '../strings'

export function StrengthMeter({ passphrase, about }: { passphrase: string; about: readonly string[] }) {
  const score = useSignal<number | null>(null)
  useEffect(() => {
    if (!passphrase) {
      score.value = null
      return
    }
    let current = true
    import('../strength').then(
      ({ passphraseScore }) => {
        if (current) score.value = passphraseScore(passphrase, about)
      },
      // The meter is only a hint, and the host may be unreachable.
      () => {},
    )
    return () => {
      current = false
    }
  }, [passphrase, about.join()])
  const level = score.value
  return (
    <div class="strength" data-level={level ?? undefined}>
      <div class="steps" aria-hidden="true">
        {[0, 1, 2, 3].map(step => (
          <i key={step} class={level !== null && step < Math.max(1, level) ? 'on' : undefined} />
        ))}
      </div>
      <small aria-live="polite">
        {level === null ? s.strength.hint : `${s.strength.levels[level]}. ${level < 3 ? s.strength.hint : ''}`}
      </small>
    </div>
  )
}
