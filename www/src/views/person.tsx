/** One person: the relation to the reader, their shares, and all actions. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Contact } from '../contract'
import { displayText } from '../format'
import { href, navigate } from '../route'
import { useAuthorShares } from '../state/author-shares'
import {
  claimedName,
  blockContact,
  contactName,
  contacts,
  contactsListed,
  putContact,
  removeContact,
  stopLooking,
  unblockContact,
} from '../state/contacts'
import { api } from '../state/engine'
import { requests } from '../state/requests'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { CopyableValue } from '../ui/copy'
import { ErrorMessage, Field } from '../ui/field'
import { Page } from '../ui/shell'
import { useAsyncAction } from '../ui/use-async-action'
import { useInfiniteScroll } from '../ui/use-infinite-scroll'
import { useNetworkStatus } from '../ui/use-network-status'
import { addContact, followContact, RequestMessage } from './add-contact'
import { GoOn } from './change-keys'
import { ContactCircles } from './circles'
import { FriendKeeping } from './keeping'
import { RequestCard } from './contact-requests'
import { Visibility } from './introduce'
import { ContactBadges, ContactWarning, HowConnected, presence, shareWith } from './labels'
import { ShareCard } from './share-card'
import { Verify } from './verify'

export function Person({ id }: { id: string }) {
  const contact = contacts.value.get(id)
  const request = requests.value.find(request => request.id === id)
  if (contact) return <ContactPage contact={contact} />
  if (request) {
    return (
      <Page title={claimedName(request)} named={s.people.title}>
        <section class="card pad stack" aria-label={s.requests.title}>
          <RequestCard request={request} />
          <small>{s.requests.claims}</small>
        </section>
        <AuthorShares id={id} name={claimedName(request)} />
      </Page>
    )
  }
  if (!contactsListed.value) return <Page title={s.people.title}>{null}</Page>
  return (
    <Page title={s.people.title}>
      <section class="card pad stack">
        <p>{s.person.nobody}</p>
        <RequestForm id={id} follows={false} />
        <dl>
          <CopyableValue name={s.person.id} value={id} />
        </dl>
      </section>
    </Page>
  )
}

function ContactPage({ contact }: { contact: Contact }) {
  useNetworkStatus()
  const name = contactName(contact)
  const { words, online } = presence(contact)
  const { state } = contact
  const met = state === 'mutual' || state === 'requested' || state === 'following'
  return (
    <Page title={name} named={s.people.title}>
      <ContactWarning contact={contact} />
      <GoOn contact={contact} />
      <div class="columns">
        <div class="stack">
          <section class="card pad stack">
            <div class="row wraps">
              <Avatar id={contact.id} name={name} avatar={contact.avatar} size="big" online={online} />
              <div class="grow stack tight">
                {contact.petname && contact.name && contact.petname !== contact.name && (
                  <small>{s.people.alsoKnown(displayText(contact.name))}</small>
                )}
                <p>{words}</p>
                <ContactBadges contact={contact} />
              </div>
            </div>
            {contact.outOfReach && <p class="warning">{s.person.outOfReach}</p>}
            {s.person.about[state] && !contact.outOfReach && <p class="quiet">{s.person.about[state]}</p>}
            <ContactActions contact={contact} />
          </section>
          {met && <ContactCircles contact={contact} />}
          {(state === 'mutual' || state === 'requested') && <Visibility contact={contact} />}
        </div>
        <div class="stack">
          {met && <Verify contact={contact} />}
          {(state === 'mutual' || state === 'requested') && <FriendKeeping contact={contact} />}
          <ContactDetails contact={contact} />
        </div>
      </div>
      {state !== 'blocked' && <AuthorShares id={contact.id} name={name} />}
    </Page>
  )
}

function ContactActions({ contact }: { contact: Contact }) {
  const { busy, problem, run } = useAsyncAction()
  const { state } = contact
  const share = (
    <button type="button" class="button main" onClick={() => shareWith(contact.id)}>
      {s.people.shareWith(contactName(contact))}
    </button>
  )
  const leave = (words: string, act: (contact: Contact) => void) => (
    <button
      type="button"
      class="button"
      onClick={() => {
        navigate(href.people)
        act(contact)
      }}
    >
      {words}
    </button>
  )
  return (
    <>
      {state === 'following' && <RequestForm id={contact.id} follows />}
      <div class="actions">
        {(state === 'mutual' || state === 'requested') && share}
        {state === 'requested' && leave(s.person.takeBack, removeContact)}
        {state === 'following' && leave(s.person.stopFollowing, removeContact)}
        {state === 'resolving' && leave(s.people.stopLooking, stopLooking)}
        {state === 'blocked' && (
          <button type="button" class="button main" disabled={busy} onClick={() => void run(() => unblockContact(contact))}>
            {s.people.unblock}
          </button>
        )}
      </div>
      {problem && <ErrorMessage text={problem} />}
    </>
  )
}

/** Asks a person to add the reader. `follows`: the reader already sees their public shares. */
function RequestForm({ id, follows }: { id: string; follows: boolean }) {
  const message = useSignal('')
  const action = useAsyncAction()
  const clear = () => {
    message.value = ''
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void addContact(action, id, message.value, clear)
  }
  return (
    <form class="stack" onSubmit={submit}>
      <RequestMessage value={message.value} onInput={value => (message.value = value)} />
      {action.problem && <ErrorMessage text={action.problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={action.busy}>
          {s.person.askThem}
        </button>
        {!follows && (
          <button type="button" class="button" disabled={action.busy} onClick={() => void followContact(action, id, '', clear)}>
            {s.add.follow}
          </button>
        )}
      </div>
    </form>
  )
}

function ContactDetails({ contact }: { contact: Contact }) {
  const renaming = useSignal(false)
  const name = contactName(contact)
  return (
    <details class="card pad">
      <summary>{s.common.details}</summary>
      <div class="stack">
        <HowConnected contact={contact} />
        {renaming.value && <RenameForm contact={contact} onDone={() => (renaming.value = false)} />}
        <dl>
          <CopyableValue name={s.person.id} value={contact.id} />
        </dl>
        <div class="actions">
          {!renaming.value && (
            <button type="button" class="button" aria-label={s.person.renameOf(name)} onClick={() => (renaming.value = true)}>
              {s.person.rename}
            </button>
          )}
          {contact.state !== 'blocked' && (
            <button type="button" class="button danger" aria-label={s.person.blockOf(name)} onClick={() => blockContact(contact.id, name)}>
              {s.person.block}
            </button>
          )}
          <button
            type="button"
            class="button danger"
            aria-label={s.person.removeOf(name)}
            onClick={() => {
              navigate(href.people)
              removeContact(contact)
            }}
          >
            {s.person.remove}
          </button>
        </div>
      </div>
    </details>
  )
}

function RenameForm({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const petname = useSignal(contact.petname ?? '')
  const field = useRef<HTMLInputElement>(null)
  const { busy, problem, run } = useAsyncAction()
  useEffect(() => field.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    void run(async () => {
      putContact(await api().contacts.rename(contact.id, petname.value.trim()))
      onDone()
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <Field
        label={s.person.petname(displayText(contact.name) || contactName(contact))}
        hint={s.person.petnameHint}
        autoComplete="off"
        value={petname.value}
        onInput={value => (petname.value = value)}
        field={field}
        error={problem}
      />
      <div class="actions">
        <button type="submit" class="button main" disabled={busy}>
          {s.common.save}
        </button>
        <button type="button" class="button plain" onClick={onDone}>
          {s.common.cancel}
        </button>
      </div>
    </form>
  )
}

/** What this person shared with the reader or with everybody. */
function AuthorShares({ id, name }: { id: string; name: string }) {
  const { items, complete, loading, problem, more } = useAuthorShares(id)
  const sentinel = useInfiniteScroll(more, !complete && !loading)
  return (
    <section class="stack" aria-labelledby="theirs">
      <h2 id="theirs">{s.person.shares(name)}</h2>
      {items.length > 0 && (
        <div class="shares">
          {items.map(share => (
            <ShareCard key={share.id} share={share} />
          ))}
        </div>
      )}
      {problem && <ErrorMessage text={problem} />}
      {complete && !problem && items.length === 0 && <p class="quiet">{s.person.noShares}</p>}
      <div class="end" ref={sentinel}>
        {loading && <p class="quiet centred">{s.home.loadingMore}</p>}
      </div>
    </section>
  )
}
