/** The end and the password of a link, changed without another link. */

import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Link, LinkChange } from '../contract'
import { api } from '../state/engine'
import { listLinks } from '../state/links'
import { notify } from '../state/notices'
import { s } from '../strings'
import { Disclosure } from '../ui/disclosure'
import { ErrorMessage, Field, focusInvalid, Sent } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'

const DAY_MS = 24 * 60 * 60 * 1_000
/** Days from now on that an end may be, by its name. */
const DAYS = { day: 1, week: 7, month: 30 }

type End = keyof typeof s.changeLink.ends
type Password = keyof typeof s.changeLink.passwords

export const ChangeLink = ({ link }: { link: Link }) => (
  <Disclosure label={s.changeLink.begin} icon="edit">
    {close => <ChangeForm link={link} close={close} />}
  </Disclosure>
)

function ChangeForm({ link, close }: { link: Link; close: () => void }) {
  const end = useSignal<End>('same')
  const lastDay = useSignal('')
  const password = useSignal<Password>('same')
  const typed = useSignal('')
  const sent = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  const dayProblem = () => (endOfDay(lastDay.value) ? null : s.changeLink.needDay)
  const passwordProblem = () => (typed.value ? null : s.changeLink.needPassword)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    sent.value = true
    const form = event.currentTarget as HTMLFormElement
    const lacks = (end.value === 'date' && dayProblem()) || (password.value === 'other' && passwordProblem())
    // The fields say what they lack first.
    await new Promise(requestAnimationFrame)
    if (lacks) return void focusInvalid(form)
    const change: LinkChange = {
      ...(end.value !== 'same' && { expires: endOf(end.value, lastDay.value) }),
      ...(password.value !== 'same' && { password: password.value === 'none' ? '' : typed.value }),
    }
    await run(async () => {
      await api().shares.changeLink(link.id, change)
      await listLinks()
      notify(s.changeLink.done)
      close()
    })
  }
  const passwords = link.password ? (['same', 'none', 'other'] as const) : (['same', 'other'] as const)
  return (
    <Sent.Provider value={sent.value}>
      <form class="stack" aria-label={s.changeLink.begin} noValidate onSubmit={event => void submit(event)}>
        <p class="quiet">{s.changeLink.text}</p>
        <Choice label={s.changeLink.end} value={end.value} names={s.changeLink.ends} onChange={next => (end.value = next)} />
        {end.value === 'date' && (
          <Field
            label={s.changeLink.lastDay}
            type="date"
            value={lastDay.value}
            check={dayProblem}
            onInput={value => (lastDay.value = value)}
          />
        )}
        <Choice
          label={s.changeLink.password}
          value={password.value}
          names={Object.fromEntries(passwords.map(each => [each, s.changeLink.passwords[each]])) as Record<Password, string>}
          onChange={next => (password.value = next)}
        />
        {password.value === 'other' && (
          <Field
            label={s.changeLink.typed}
            type="password"
            autoComplete="off"
            hint={link.password ? s.changeLink.typedHint : undefined}
            value={typed.value}
            check={passwordProblem}
            onInput={value => (typed.value = value)}
          />
        )}
        {problem && <ErrorMessage text={problem} />}
        <div class="actions">
          <button type="submit" class="button main" disabled={busy || (end.value === 'same' && password.value === 'same')}>
            {s.changeLink.save}
          </button>
          <button type="button" class="button plain" onClick={close}>
            {s.common.cancel}
          </button>
        </div>
      </form>
    </Sent.Provider>
  )
}

interface ChoiceProps<T extends string> {
  label: string
  value: T
  names: Record<T, string>
  onChange: (value: T) => void
}

function Choice<T extends string>({ label, value, names, onChange }: ChoiceProps<T>) {
  const id = useId()
  const all = Object.keys(names) as T[]
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="field"
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = all.find(each => each === currentTarget.value)
          if (chosen) onChange(chosen)
        }}
      >
        {all.map(each => (
          <option key={each} value={each}>
            {names[each]}
          </option>
        ))}
      </select>
    </div>
  )
}

function endOf(end: Exclude<End, 'same'>, lastDay: string): Date | null {
  if (end === 'never') return null
  if (end === 'date') return endOfDay(lastDay) ?? null
  return new Date(Date.now() + DAYS[end] * DAY_MS)
}

/** The end of a day that is not over, in this time zone. */
function endOfDay(day: string): Date | undefined {
  const end = new Date(`${day}T23:59:59.999`)
  return end.getTime() > Date.now() ? end : undefined
}
