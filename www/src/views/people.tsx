/** Friends, with those who ask to be added above them and those who are declined or blocked below. */

import { useSignal } from '@preact/signals'
import type { Contact } from '../contract'
import { displayText, relativeTime } from '../format'
import { href } from '../route'
import { blocked, circleNames, contactName, contactsListed, people, stopLooking, unblockContact } from '../state/contacts'
import { isFound } from '../state/search-text'
import { me } from '../state/session'
import { lastShares } from '../state/shares'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { EmptyIllustration } from '../ui/empty-illustration'
import { ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { SearchField } from '../ui/search-field'
import { Page } from '../ui/shell'
import { useAsyncAction } from '../ui/use-async-action'
import { useIncrementalList } from '../ui/use-infinite-scroll'
import { useNetworkStatus } from '../ui/use-network-status'
import { ContactRequests, DeclinedRequests } from './contact-requests'
import { FinishForm } from './finish-profile'
import { Suggestions } from './introductions'
import { ContactBadges, ContactWarning, presence, shareWith } from './labels'
import { Meet } from './meet'

const BATCH = 50
/** A search field helps only in lists longer than a screen. */
const SEARCH_FROM = 8

export function People() {
  if (me.value?.waiting) {
    return (
      <Page title={s.people.title}>
        <FinishForm text={s.finish.forFriends} />
      </Page>
    )
  }
  return (
    <Page
      title={s.people.title}
      actions={
        <a class="icon-button main" href={href.invite} aria-label={s.add.title} title={s.add.title}>
          <Icon name="plus" />
        </a>
      }
    >
      <Meet />
      <ContactRequests />
      {people.value.length === 0 && contactsListed.value ? <NobodyYet /> : <ContactList />}
      <Suggestions />
      <DeclinedRequests />
      <BlockedContacts />
      <a class="button plain" href={href.drops}>
        <Icon name="download" />
        {s.drops.title}
      </a>
    </Page>
  )
}

const NobodyYet = () => (
  <section class="card empty stack">
    <EmptyIllustration />
    <h2>{s.people.empty}</h2>
    <p class="quiet">{s.people.emptyText}</p>
    <div class="actions centred">
      <a class="button main" href={href.invite}>
        {s.people.addFirst}
      </a>
    </div>
  </section>
)

function ContactList() {
  useNetworkStatus()
  const text = useSignal('')
  const circle = useSignal<string | null>(null)
  const all = people.value
  // The chosen circle may have lost its last member.
  const within = circle.value !== null && circleNames.value.includes(circle.value) ? circle.value : null
  const list = all.filter(contact => (within === null || contact.circles.includes(within)) && matches(contact, text.value))
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  return (
    <section class="stack" aria-label={s.people.list}>
      {all.length >= SEARCH_FROM && <SearchField label={s.people.search} value={text.value} onInput={value => (text.value = value)} />}
      {circleNames.value.length > 0 && (
        <fieldset class="filter-row" aria-label={s.circles.filter}>
          {[null, ...circleNames.value].map(each => (
            <button key={each} type="button" aria-pressed={within === each} onClick={() => (circle.value = each)}>
              <span dir="auto">{each === null ? s.circles.all : displayText(each)}</span>
            </button>
          ))}
        </fieldset>
      )}
      {all.length > 0 && list.length === 0 && <p class="quiet">{s.people.noMatch(text.value)}</p>}
      <ul class="people friends">
        {list.slice(0, visible).map(contact => (
          <ContactRow key={contact.id} contact={contact} />
        ))}
      </ul>
      <div class="end" ref={sentinel} />
    </section>
  )
}

const matches = ({ petname, name, circles }: Contact, text: string): boolean => isFound(text, [petname ?? '', name, ...circles])

function ContactRow({ contact }: { contact: Contact }) {
  const name = contactName(contact)
  const { words, online } = presence(contact)
  const last = lastShares.value.get(contact.id)
  return (
    <li class="person">
      <div class="row">
        <a class="row grow plain-link" href={href.person(contact.id)}>
          <Avatar id={contact.id} name={name} avatar={contact.avatar} size="middle" online={online} />
          <span class="grow">
            <b class="break-anywhere" dir="auto">
              {name}
            </b>
            {contact.petname && contact.name && contact.petname !== contact.name && (
              <small>{s.people.alsoKnown(displayText(contact.name))}</small>
            )}
            <small class={online ? 'online' : undefined}>{words}</small>
            {last && <small class="truncate">{s.people.last(displayText(last.title), relativeTime(last.created))}</small>}
          </span>
        </a>
        {contact.state === 'resolving' ? (
          <button type="button" class="button plain" aria-label={`${s.people.stopLooking}: ${name}`} onClick={() => stopLooking(contact)}>
            {s.people.stopLooking}
          </button>
        ) : (
          contact.state !== 'following' && (
            <button
              type="button"
              class="icon-button"
              aria-label={s.people.shareWith(name)}
              title={s.people.shareWith(name)}
              onClick={() => shareWith(contact.id)}
            >
              <Icon name="send" />
            </button>
          )
        )}
      </div>
      <ContactBadges contact={contact} />
      <ContactWarning contact={contact} />
    </li>
  )
}

function BlockedContacts() {
  const list = blocked.value
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  if (!list.length) return null
  return (
    <details class="card pad">
      <summary>{s.people.blockedList(list.length)}</summary>
      <ul class="people">
        {list.slice(0, visible).map(contact => (
          <BlockedRow key={contact.id} contact={contact} />
        ))}
      </ul>
      <div class="end" ref={sentinel} />
    </details>
  )
}

function BlockedRow({ contact }: { contact: Contact }) {
  const name = contactName(contact)
  const { busy, problem, run } = useAsyncAction()
  return (
    <li class="person">
      <div class="row wraps">
        <a class="row grow plain-link" href={href.person(contact.id)}>
          <Avatar id={contact.id} name={name} avatar={contact.avatar} />
          <b class="grow break-anywhere" dir="auto">
            {name}
          </b>
        </a>
        <button
          type="button"
          class="button"
          aria-label={s.people.unblockOf(name)}
          disabled={busy}
          onClick={() => void run(() => unblockContact(contact))}
        >
          {s.people.unblock}
        </button>
      </div>
      {problem && <ErrorMessage text={problem} />}
    </li>
  )
}
