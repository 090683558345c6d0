/** Who asks to be added, who is, and what brings more of them. */

import { useSignal } from '@preact/signals'
import type { Contact } from '../contract'
import { href } from '../route'
import { shown } from '../say'
import { blocked, circleNames, contactName, people, stopLooking, unblock } from '../state/contacts'
import { me } from '../state/session'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { useChunks } from '../ui/chunks'
import { Face } from '../ui/face'
import { Problem } from '../ui/field'
import { useNetwork } from '../ui/network'
import { Search } from '../ui/search'
import { Page } from '../ui/shell'
import { Add } from './add'
import { Invite } from './invite'
import { Belongs, presence, shareWith, Warning } from './parts'
import { Requests } from './requests'

const CHUNK = 50
/** People are few: a search is for lists longer than a screen. */
const SEARCHED_FROM = 8

export function People() {
  return (
    <Page title={s.people.title}>
      <div class="columns">
        <div class="stack">
          <Requests />
          <Add />
          <List />
          <Blocked />
        </div>
        {me.value && <Invite me={me.value} />}
      </div>
    </Page>
  )
}

function List() {
  useNetwork()
  const text = useSignal('')
  const circle = useSignal<string | null>(null)
  const all = people.value
  // The last who was in it may have left it.
  const within = circle.value !== null && circleNames.value.includes(circle.value) ? circle.value : null
  const folded = text.value.trim().toLocaleLowerCase()
  const list = all.filter(contact => (within === null || contact.circles.includes(within)) && matches(contact, folded))
  const { shown: drawn, end } = useChunks(list.length, CHUNK)
  return (
    <section class="card pad stack" aria-labelledby="people-list">
      <h2 id="people-list">{s.people.list}</h2>
      {all.length === 0 && (
        <div class="empty small">
          <h3>{s.people.empty}</h3>
          <p class="quiet">{s.people.emptyText}</p>
        </div>
      )}
      {all.length >= SEARCHED_FROM && <Search label={s.people.search} value={text.value} onInput={value => (text.value = value)} />}
      {circleNames.value.length > 0 && (
        <fieldset class="actions circles" aria-label={s.circles.filter}>
          {[null, ...circleNames.value].map(each => (
            <button key={each} type="button" class="button circle" aria-pressed={within === each} onClick={() => (circle.value = each)}>
              <span dir="auto">{each === null ? s.circles.all : shown(each)}</span>
            </button>
          ))}
        </fieldset>
      )}
      {all.length > 0 && list.length === 0 && <p class="quiet">{s.people.noMatch(text.value)}</p>}
      <ul class="people">
        {list.slice(0, drawn).map(contact => (
          <Person key={contact.id} contact={contact} />
        ))}
      </ul>
      <div class="end" ref={end} />
    </section>
  )
}

function matches(contact: Contact, folded: string): boolean {
  return !folded || [contact.petname ?? '', contact.name, ...contact.circles].some(part => part.toLocaleLowerCase().includes(folded))
}

function Person({ contact }: { contact: Contact }) {
  const name = contactName(contact)
  const { words, here } = presence(contact)
  return (
    <li class="person">
      <div class="row wraps">
        <a class="row grow named" href={href.person(contact.id)}>
          <Face id={contact.id} name={name} avatar={contact.avatar} here={here} />
          <span class="grow">
            <b class="breaks" dir="auto">
              {name}
            </b>
            {contact.petname && contact.name && contact.petname !== contact.name && <small> · {s.people.alsoKnown(shown(contact.name))}</small>}
            <br />
            <small>{words}</small>
          </span>
        </a>
        {contact.state === 'resolving' ? (
          <button type="button" class="button plain" aria-label={`${s.people.stopLooking}: ${name}`} onClick={() => stopLooking(contact)}>
            {s.people.stopLooking}
          </button>
        ) : (
          contact.state !== 'following' && (
            <button type="button" class="button" aria-label={s.people.shareWith(name)} onClick={() => shareWith(contact.id)}>
              {s.nav.share}
            </button>
          )
        )}
      </div>
      <Belongs contact={contact} />
      <Warning contact={contact} />
    </li>
  )
}

function Blocked() {
  const list = blocked.value
  const { shown: drawn, end } = useChunks(list.length, CHUNK)
  if (!list.length) return null
  return (
    <details class="card pad">
      <summary>{s.people.blockedList(list.length)}</summary>
      <ul class="people">
        {list.slice(0, drawn).map(contact => (
          <Unwanted key={contact.id} contact={contact} />
        ))}
      </ul>
      <div class="end" ref={end} />
    </details>
  )
}

function Unwanted({ contact }: { contact: Contact }) {
  const name = contactName(contact)
  const { busy, problem, run } = useBusy()
  return (
    <li class="person">
      <div class="row wraps">
        <a class="row grow named" href={href.person(contact.id)}>
          <Face id={contact.id} name={name} avatar={contact.avatar} />
          <b class="grow breaks" dir="auto">
            {name}
          </b>
        </a>
        <button type="button" class="button" aria-label={s.people.unblockOf(name)} disabled={busy} onClick={() => void run(() => unblock(contact))}>
          {s.people.unblock}
        </button>
      </div>
      {problem && <Problem text={problem} />}
    </li>
  )
}
