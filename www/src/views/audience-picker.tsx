/** Chooses one of the four ways to share, and describes in a sentence who can open the share then. */

import type { Audience } from '../contract'
import { longDate } from '../format'
import { href } from '../route'
import { adds, answers, audience, expires, lastDay, password, recipients, title } from '../state/compose'
import { nameOf } from '../state/contacts'
import { eligibleContacts } from '../state/recipients'
import { s } from '../strings'
import { Checkbox, Field } from '../ui/field'
import { Icon, type IconName } from '../ui/icon'
import { StrengthMeter } from '../ui/strength-meter'
import { RecipientPicker } from './recipient-picker'

const KINDS: readonly Audience['kind'][] = ['contacts', 'self', 'link', 'public']
export const AUDIENCE_ICONS: Readonly<Record<Audience['kind'], IconName>> = {
  contacts: 'people',
  self: 'lock',
  link: 'link',
  public: 'globe',
}
/** More names would be too long for a sentence. */
const MAX_NAMES = 3

export function AudiencePicker() {
  return (
    <fieldset class="card pad stack">
      <legend>
        <h2>{s.compose.who}</h2>
      </legend>
      <div class="choice-list kinds">
        {KINDS.map(kind => (
          <label key={kind} class="choice">
            <input type="radio" name="audience" value={kind} checked={audience.value === kind} onChange={() => (audience.value = kind)} />
            <span class="avatar neutral" aria-hidden="true">
              <Icon name={AUDIENCE_ICONS[kind]} />
            </span>
            <span class="grow">
              {s.compose.kinds[kind].name} <small>{s.compose.kinds[kind].hint}</small>
            </span>
            <Icon name="check" />
          </label>
        ))}
      </div>
      {audience.value === 'contacts' && <Recipients />}
      {audience.value === 'contacts' && (
        <Checkbox label={s.album.mayAdd} hint={s.album.mayAddHint} checked={adds.value} onChange={yes => (adds.value = yes)} />
      )}
      {audience.value === 'contacts' && (
        <Checkbox
          label={s.answers.mayAnswer}
          hint={s.answers.mayAnswerHint}
          checked={answers.value}
          onChange={yes => (answers.value = yes)}
        />
      )}
      {audience.value === 'link' && <LinkOptions />}
      {audience.value === 'public' && (
        <p class="banner">
          <Icon name="globe" />
          <span class="grow">{s.compose.publicText}</span>
        </p>
      )}
    </fieldset>
  )
}

function Recipients() {
  if (eligibleContacts.value.length)
    return <RecipientPicker among={eligibleContacts.value} chosen={recipients.value} onChange={chosen => (recipients.value = chosen)} />
  return (
    <div class="row wraps">
      <p class="quiet grow">{s.compose.noPeople}</p>
      <a class="button" href={href.people}>
        {s.compose.addFriend}
      </a>
    </div>
  )
}

function LinkOptions() {
  return (
    <div class="columns">
      <Field
        label={`${s.compose.linkPassword} (${s.common.optional})`}
        autoComplete="off"
        hint={s.compose.linkPasswordHint}
        value={password.value}
        onInput={value => (password.value = value)}
      >
        {password.value && <StrengthMeter passphrase={password.value} about={[title.value]} />}
      </Field>
      <Field
        label={`${s.compose.lastDay} (${s.common.optional})`}
        type="date"
        min={today()}
        hint={s.compose.lastDayHint}
        value={lastDay.value}
        onInput={value => (lastDay.value = value)}
      />
    </div>
  )
}

/** Today in this time zone, in the format of a date field. */
function today(): string {
  const now = new Date()
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

/** What is wrong with the chosen audience; null if nothing is. */
export function audienceProblem(): string | null {
  if (audience.value === 'contacts' && !recipients.value.size) return s.compose.needPeople
  if (audience.value === 'link' && expires.value && !(expires.value.getTime() > Date.now())) return s.compose.lastDayOver
  return null
}

/** A sentence that says who can open the share. */
export function audienceSentence(): string {
  switch (audience.value) {
    case 'contacts': {
      const people = [...recipients.value].map(id => nameOf(id))
      if (!people.length) return s.compose.needPeople
      return people.length > MAX_NAMES
        ? s.compose.willMany(people.slice(0, MAX_NAMES), people.length - MAX_NAMES)
        : s.compose.willContacts(people)
    }
    case 'link':
      return s.compose.willLink(password.value !== '', expires.value && longDate(expires.value))
    case 'public':
      return s.compose.willPublic
    case 'self':
      return s.compose.willSelf
  }
}

/** The text of the submit button. */
export function audienceAction(): string {
  if (audience.value === 'contacts') return recipients.value.size ? s.compose.submit(recipients.value.size) : s.compose.submitNobody
  return s.compose.submitTo[audience.value]
}
