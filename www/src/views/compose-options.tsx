/** What few people change about a share in the making, folded: its location, its link, and what its readers may do. */

import { type Signal, useSignal } from '@preact/signals'
import { longDate } from '../format'
import { adds, answers, audience, expires, keepLocation, lastDay, password, title } from '../state/compose'
import { s } from '../strings'
import { Checkbox, Field } from '../ui/field'
import { StrengthMeter } from '../ui/strength-meter'

/** A switch is one line here, and one in `facts` if it is worth knowing while the options are folded. */
export function ComposeOptions() {
  const open = useSignal(false)
  const kind = audience.value
  return (
    <details class="options" open={open.value} onToggle={event => (open.value = event.currentTarget.open)}>
      <summary>
        {s.compose.options} <small>{facts().join(' · ')}</small>
      </summary>
      {kind === 'link' && <LinkOptions />}
      {kind === 'contacts' && <Checkbox label={s.album.mayAdd} hint={s.album.mayAddHint} {...of(adds)} />}
      {kind === 'contacts' && <Checkbox label={s.answers.mayAnswer} hint={s.answers.mayAnswerHint} {...of(answers)} />}
      <Checkbox label={s.compose.location} hint={s.compose.locationHint} {...of(keepLocation)} />
    </details>
  )
}

const of = (field: Signal<boolean>) => ({
  checked: field.value,
  onChange: (yes: boolean) => {
    field.value = yes
  },
})

/** What is chosen, in the line of the folded options. */
function facts(): string[] {
  const { facts } = s.compose
  const kind = audience.value
  return [
    kind === 'contacts' && adds.value && facts.mayAdd,
    kind === 'contacts' && answers.value && s.answers.mayAnswer,
    kind === 'link' && password.value !== '' && facts.password,
    kind === 'link' && expires.value && facts.until(longDate(expires.value)),
    keepLocation.value ? facts.locationIncluded : facts.locationRemoved,
  ].filter(fact => typeof fact === 'string')
}

/** What is wrong with the last day of a link; null if nothing is. */
export function lastDayProblem(): string | null {
  const isOver = audience.value === 'link' && expires.value && !(expires.value.getTime() > Date.now())
  return isOver ? s.compose.lastDayOver : null
}

/** Usual lengths of a link, in days. */
const SPANS = { day: 1, week: 7, month: 30 } as const

function LinkOptions() {
  return (
    <div class="columns">
      <div class="stack tight">
        <Field
          label={`${s.compose.lastDay} (${s.common.optional})`}
          type="date"
          min={dayIn(0)}
          hint={s.compose.lastDayHint}
          value={lastDay.value}
          onInput={value => (lastDay.value = value)}
          check={lastDayProblem}
        />
        <fieldset class="actions plain" aria-label={s.compose.endsIn}>
          {(['day', 'week', 'month'] as const).map(span => (
            <button
              key={span}
              type="button"
              class="button span"
              aria-pressed={lastDay.value === dayIn(SPANS[span])}
              onClick={() => (lastDay.value = lastDay.value === dayIn(SPANS[span]) ? '' : dayIn(SPANS[span]))}
            >
              {s.compose.spans[span]}
            </button>
          ))}
        </fieldset>
      </div>
      <Field
        label={`${s.compose.linkPassword} (${s.common.optional})`}
        autoComplete="off"
        hint={s.compose.linkPasswordHint}
        value={password.value}
        onInput={value => (password.value = value)}
      >
        {password.value && <StrengthMeter passphrase={password.value} about={[title.value]} />}
      </Field>
    </div>
  )
}

/** The day after so many days in this time zone, in the format of a date field. */
function dayIn(days: number): string {
  const now = new Date()
  const there = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 12)
  return new Date(there.getTime() - there.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}
