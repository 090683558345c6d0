/** Chooses contacts, one by one or a whole circle. */

import { useSignal } from '@preact/signals'
import type { Contact } from '../contract'
import { displayText } from '../format'
import { contactName } from '../state/contacts'
import { circlesOf, ineligibility } from '../state/recipients'
import { isFound } from '../state/search-text'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { Field } from '../ui/field'
import { Icon } from '../ui/icon'
import { useIncrementalList } from '../ui/use-infinite-scroll'

/** Rows rendered at once. */
const BATCH = 60
/** A search field helps only in lists longer than a screen. */
const SEARCH_FROM = 8

interface Props {
  among: readonly Contact[]
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
}

export function RecipientPicker({ among, chosen, onChange }: Props) {
  const text = useSignal('')
  const list = among.filter(contact => chosen.has(contact.id) || isFound(text.value, [contactName(contact)]))
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  const set = (ids: readonly string[], yes: boolean) => {
    const next = new Set(chosen)
    for (const id of ids) yes ? next.add(id) : next.delete(id)
    onChange(next)
  }
  return (
    <>
      <CircleButtons among={among} chosen={chosen} set={set} />
      {among.length >= SEARCH_FROM && (
        <Field
          label={s.compose.whoSearch}
          hideLabel
          placeholder={s.compose.whoSearch}
          type="search"
          value={text.value}
          onInput={value => (text.value = value)}
        />
      )}
      <div class="choice-list">
        {list.slice(0, visible).map(contact => (
          <RecipientOption key={contact.id} contact={contact} chosen={chosen.has(contact.id)} onToggle={yes => set([contact.id], yes)} />
        ))}
      </div>
      <div class="end" ref={sentinel} />
    </>
  )
}

function RecipientOption({ contact, chosen, onToggle }: { contact: Contact; chosen: boolean; onToggle: (yes: boolean) => void }) {
  const why = ineligibility(contact)
  return (
    <label class="choice">
      <input type="checkbox" checked={chosen} onChange={event => onToggle(event.currentTarget.checked)} disabled={why !== null} />
      <Avatar id={contact.id} name={contactName(contact)} avatar={contact.avatar} />
      <span class="grow">
        <span class="break-anywhere" dir="auto">
          {contactName(contact)}
        </span>{' '}
        {why && <small>{s.compose.unfit[why]}</small>}
        {contact.warning === 'keys' && <span class="problem">{s.people.keysChanged}</span>}
      </span>
      <Icon name="check" />
    </label>
  )
}

function CircleButtons({ among, chosen, set }: Pick<Props, 'among' | 'chosen'> & { set: (ids: readonly string[], yes: boolean) => void }) {
  const circles = circlesOf(among)
  if (!circles.length) return null
  return (
    <div class="stack tight">
      <fieldset class="actions circles" aria-label={s.compose.circles}>
        {circles.map(([circle, ids]) => {
          const all = ids.every(id => chosen.has(id))
          return (
            <button key={circle} type="button" class="button circle" aria-pressed={all} onClick={() => set(ids, !all)}>
              <Icon name={all ? 'check' : 'people'} />
              <span dir="auto">{s.compose.circle(displayText(circle), ids.length)}</span>
            </button>
          )
        })}
      </fieldset>
      <small>{s.compose.circlesHint}</small>
    </div>
  )
}
