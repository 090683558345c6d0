/** Somebody: how we stand to each other, what they shared, and everything that can be done about it. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Contact } from '../contract'
import { go, href } from '../route'
import { shown } from '../say'
import { block, contactName, contacts, contactsListed, putContact, remove, stopLooking, unblock } from '../state/contacts'
import { api } from '../state/engine'
import { requestName, requests } from '../state/requests'
import { useSharesOf } from '../state/theirs'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { useNearEnd } from '../ui/chunks'
import { Copyable } from '../ui/copy'
import { Face } from '../ui/face'
import { Field, Problem } from '../ui/field'
import { useNetwork } from '../ui/network'
import { Page } from '../ui/shell'
import { add, follow, Message } from './add'
import { Circles } from './circles'
import { ShareCard } from './home'
import { Belongs, NotDirect, presence, shareWith, Warning } from './parts'
import { Request } from './requests'
import { Verify } from './verify'

export function Person({ id }: { id: string }) {
  const contact = contacts.value.get(id)
  const request = requests.value.find(request => request.id === id)
  if (contact) return <Known contact={contact} />
  if (request) {
    return (
      <Page title={requestName(request)} named={s.people.title}>
        <section class="card pad stack" aria-label={s.requests.title}>
          <Request request={request} />
          <small>{s.requests.claims}</small>
        </section>
        <Shares id={id} name={requestName(request)} />
      </Page>
    )
  }
  if (!contactsListed.value) return <Page title={s.people.title}>{null}</Page>
  return (
    <Page title={s.people.title}>
      <section class="card pad stack">
        <p>{s.person.nobody}</p>
        <Ask id={id} follows={false} />
        <dl>
          <Copyable name={s.person.id} value={id} />
        </dl>
      </section>
    </Page>
  )
}

function Known({ contact }: { contact: Contact }) {
  useNetwork()
  const name = contactName(contact)
  const { words, here } = presence(contact)
  const { state } = contact
  const met = state === 'mutual' || state === 'requested' || state === 'following'
  return (
    <Page title={name} named={s.people.title}>
      <Warning contact={contact} />
      <div class="columns">
        <div class="stack">
          <section class="card pad stack">
            <div class="row wraps">
              <Face id={contact.id} name={name} avatar={contact.avatar} size="big" here={here} />
              <div class="grow stack tight">
                {contact.petname && contact.name && contact.petname !== contact.name && <small>{s.people.alsoKnown(shown(contact.name))}</small>}
                <p>{words}</p>
                <NotDirect contact={contact} />
                <Belongs contact={contact} />
              </div>
            </div>
            {s.person.about[state] && <p class="quiet">{s.person.about[state]}</p>}
            <Doings contact={contact} />
          </section>
          {met && <Circles contact={contact} />}
        </div>
        <div class="stack">
          {met && <Verify contact={contact} />}
          <Details contact={contact} />
        </div>
      </div>
      {state !== 'blocked' && <Shares id={contact.id} name={name} />}
    </Page>
  )
}

function Doings({ contact }: { contact: Contact }) {
  const { busy, problem, run } = useBusy()
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
        go(href.people)
        act(contact)
      }}
    >
      {words}
    </button>
  )
  return (
    <>
      {state === 'following' && <Ask id={contact.id} follows />}
      <div class="actions">
        {(state === 'mutual' || state === 'requested') && share}
        {state === 'requested' && leave(s.person.takeBack, remove)}
        {state === 'following' && leave(s.person.stopFollowing, remove)}
        {state === 'resolving' && leave(s.people.stopLooking, stopLooking)}
        {state === 'blocked' && (
          <button type="button" class="button main" disabled={busy} onClick={() => void run(() => unblock(contact))}>
            {s.people.unblock}
          </button>
        )}
      </div>
      {problem && <Problem text={problem} />}
    </>
  )
}

/** Asks somebody whose id is known to be added; `follows`: what they share with everybody is read already. */
function Ask({ id, follows }: { id: string; follows: boolean }) {
  const message = useSignal('')
  const busy = useBusy()
  const clear = () => {
    message.value = ''
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void add(busy, id, message.value, clear)
  }
  return (
    <form class="stack" onSubmit={submit}>
      <Message value={message.value} onInput={value => (message.value = value)} />
      {busy.problem && <Problem text={busy.problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy.busy}>
          {s.person.askThem}
        </button>
        {!follows && (
          <button type="button" class="button" disabled={busy.busy} onClick={() => void follow(busy, id, clear)}>
            {s.add.follow}
          </button>
        )}
      </div>
    </form>
  )
}

function Details({ contact }: { contact: Contact }) {
  const renaming = useSignal(false)
  const name = contactName(contact)
  return (
    <details class="card pad">
      <summary>{s.common.details}</summary>
      <div class="stack">
        {renaming.value && <Rename contact={contact} onDone={() => (renaming.value = false)} />}
        <dl>
          <Copyable name={s.person.id} value={contact.id} />
        </dl>
        <div class="actions">
          {!renaming.value && (
            <button type="button" class="button" aria-label={s.person.renameOf(name)} onClick={() => (renaming.value = true)}>
              {s.person.rename}
            </button>
          )}
          {contact.state !== 'blocked' && (
            <button type="button" class="button danger" aria-label={s.person.blockOf(name)} onClick={() => block(contact.id, name)}>
              {s.person.block}
            </button>
          )}
          <button
            type="button"
            class="button danger"
            aria-label={s.person.removeOf(name)}
            onClick={() => {
              go(href.people)
              remove(contact)
            }}
          >
            {s.person.remove}
          </button>
        </div>
      </div>
    </details>
  )
}

function Rename({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const petname = useSignal(contact.petname ?? '')
  const field = useRef<HTMLInputElement>(null)
  const { busy, problem, run } = useBusy()
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
        label={s.person.petname(shown(contact.name) || contactName(contact))}
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

/** What they shared with the reader or with everybody. */
function Shares({ id, name }: { id: string; name: string }) {
  const { list, whole, loading, problem, more } = useSharesOf(id)
  const end = useNearEnd(more, !whole && !loading)
  return (
    <section class="stack" aria-labelledby="theirs">
      <h2 id="theirs">{s.person.shares(name)}</h2>
      {list.map(share => (
        <ShareCard key={share.id} share={share} />
      ))}
      {problem && <Problem text={problem} />}
      {whole && !problem && list.length === 0 && <p class="quiet">{s.person.noShares}</p>}
      <div class="end" ref={end}>
        {loading && <p class="quiet centred">{s.home.loadingMore}</p>}
      </div>
    </section>
  )
}
