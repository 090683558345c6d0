/** Chooses one of the four ways to share, and describes in a sentence who can open the share then. */

import { useContext } from 'preact/hooks'
import type { Audience } from '../contract'
import { longDate } from '../format'
import { href } from '../route'
import { audience, expires, password, recipients } from '../state/compose'
import { nameOf } from '../state/contacts'
import { eligibleContacts } from '../state/recipients'
import { s } from '../strings'
import { ErrorMessage, Sent } from '../ui/field'
import { Icon, type IconName } from '../ui/icon'
import { RecipientPicker } from './recipient-picker'

const KINDS: readonly Audience['kind'][] = ['contacts', 'link', 'self', 'public']
export const AUDIENCE_ICONS: Readonly<Record<Audience['kind'], IconName>> = {
  contacts: 'people',
  self: 'lock',
  link: 'link',
  public: 'globe',
}
/** More names would be too long for a sentence. */
const MAX_NAMES = 3

export function AudiencePicker() {
  const problem = useContext(Sent) ? peopleProblem() : null
  return (
    <fieldset class="who">
      <legend class="visually-hidden">{s.compose.who}</legend>
      <div class="segmented">
        <div>
          {KINDS.map(kind => (
            <label key={kind} class="segment">
              <input type="radio" name="audience" value={kind} checked={audience.value === kind} onChange={() => (audience.value = kind)} />
              <Icon name={AUDIENCE_ICONS[kind]} />
              <span>
                {s.compose.kinds[kind].name}
                <span class="visually-hidden">{s.compose.kinds[kind].more}</span>
              </span>
            </label>
          ))}
        </div>
      </div>
      <div class="stack tight" data-invalid={problem ? '' : undefined}>
        <Chosen kind={audience.value} />
        {problem && <ErrorMessage text={problem} />}
      </div>
    </fieldset>
  )
}

function Chosen({ kind }: { kind: Audience['kind'] }) {
  if (kind === 'contacts') return <Recipients />
  if (kind !== 'public') return <p class="quiet">{s.compose.hints[kind]}</p>
  return (
    <p class="banner">
      <Icon name="globe" />
      <span class="grow">{s.compose.publicText}</span>
    </p>
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

/** What is wrong with the chosen people; null if nothing is. */
export const peopleProblem = (): string | null => (audience.value === 'contacts' && !recipients.value.size ? s.compose.needPeople : null)

/** A sentence that says who can open the share. */
export function audienceSentence(): string {
  switch (audience.value) {
    case 'contacts': {
      const people = [...recipients.value].map(id => nameOf(id))
      if (!people.length) return s.compose.nobody
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
