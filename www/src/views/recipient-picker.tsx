/** Chooses contacts by their faces, one by one or a whole circle. */

import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
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

/** Faces rendered at once. */
const BATCH = 60
/** A search helps only where not all faces are in sight. */
const SEARCH_FROM = 6
/** More faces than this stay in one row on every screen. */
const MANY = 20

interface Props {
  among: readonly Contact[]
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
}

export function RecipientPicker({ among, chosen, onChange }: Props) {
  const text = useSignal('')
  const fit = among.filter(contact => ineligibility(contact) === null)
  const list = fit.filter(contact => chosen.has(contact.id) || isFound(text.value, [contactName(contact)]))
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  const set = (ids: readonly string[], yes: boolean) => {
    const next = new Set(chosen)
    for (const id of ids) yes ? next.add(id) : next.delete(id)
    onChange(next)
  }
  const chooseFound = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    // It would send the form.
    event.preventDefault()
    const found = list.find(({ id }) => !chosen.has(id))
    if (!found || !text.value.trim()) return
    set([found.id], true)
    text.value = ''
  }
  const circles = text.value.trim() ? [] : circlesOf(among)
  const hasSearch = fit.length >= SEARCH_FROM
  return (
    <>
      {hasSearch && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the key belongs to the field in it
        <div class="line" onKeyDown={chooseFound}>
          <Field
            label={s.compose.to}
            placeholder={s.compose.whoSearch}
            type="search"
            autoComplete="off"
            value={text.value}
            onInput={value => (text.value = value)}
          />
        </div>
      )}
      <div class={hasSearch ? undefined : 'to'}>
        {!hasSearch && <span class="quiet">{s.compose.to}</span>}
        <div class={list.length > MANY ? 'choice-list faces many' : 'choice-list faces'}>
          {circles.length > 0 && <Circles circles={circles} chosen={chosen} set={set} />}
          {list.slice(0, visible).map(contact => (
            <Face key={contact.id} contact={contact} chosen={chosen.has(contact.id)} onToggle={yes => set([contact.id], yes)} />
          ))}
          <div class="end" ref={sentinel} />
        </div>
      </div>
      {fit
        .filter(({ warning }) => warning === 'keys')
        .map(contact => (
          <p key={contact.id} class="problem" id={doubtId(contact)}>
            {`${contactName(contact)}: ${s.people.keysChanged}`}
          </p>
        ))}
      {circles.some(([, ids]) => ids.every(id => chosen.has(id))) && <small>{s.compose.circlesHint}</small>}
      <Unfit people={among.filter(contact => ineligibility(contact) !== null)} />
    </>
  )
}

const doubtId = ({ id }: Contact) => `doubt-${id}`

function Face({ contact, chosen, onToggle }: { contact: Contact; chosen: boolean; onToggle: (yes: boolean) => void }) {
  const name = contactName(contact)
  const isDoubted = contact.warning === 'keys'
  return (
    <label class={isDoubted ? 'choice face doubt' : 'choice face'} title={name}>
      <input
        type="checkbox"
        checked={chosen}
        aria-describedby={isDoubted ? doubtId(contact) : undefined}
        onChange={event => onToggle(event.currentTarget.checked)}
      />
      <Avatar id={contact.id} name={name} avatar={contact.avatar} online={contact.online} />
      <span class="truncate" dir="auto">
        {name}
      </span>
      <Icon name="check" />
    </label>
  )
}

interface CirclesProps {
  circles: readonly [name: string, ids: string[]][]
  chosen: ReadonlySet<string>
  set: (ids: readonly string[], yes: boolean) => void
}

function Circles({ circles, chosen, set }: CirclesProps) {
  return (
    <fieldset class="circle-faces" aria-label={s.compose.circles}>
      {circles.map(([circle, ids]) => {
        const all = ids.every(id => chosen.has(id))
        const label = s.compose.circle(displayText(circle), ids.length)
        return (
          <button key={circle} type="button" class="face" title={label} aria-pressed={all} onClick={() => set(ids, !all)}>
            <span class="avatar neutral" aria-hidden="true">
              <Icon name={all ? 'check' : 'people'} />
            </span>
            <span class="truncate" dir="auto">
              {label}
            </span>
          </button>
        )
      })}
    </fieldset>
  )
}

/** People who cannot be chosen, each with the reason. */
function Unfit({ people }: { people: readonly Contact[] }) {
  const heading = useId()
  if (!people.length) return null
  return (
    <details class="unfit">
      <summary id={heading}>{s.compose.unfitPeople(people.length)}</summary>
      <ul aria-labelledby={heading}>
        {people.map(contact => {
          const why = ineligibility(contact)
          return (
            <li key={contact.id} class="row">
              <Avatar id={contact.id} name={contactName(contact)} avatar={contact.avatar} size="small" />
              <span class="grow break-anywhere">
                <bdi>{contactName(contact)}</bdi> <small>{why && s.compose.unfit[why]}</small>
              </span>
            </li>
          )
        })}
      </ul>
    </details>
  )
}
