/** My invite, adding somebody by theirs, and everybody I added. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Contact, Me } from '../contract'
import { codeOf, wordsFor } from '../errors'
import { go, href, inviteCode, inviteLink, replace, route } from '../route'
import { shown } from '../say'
import { recipients, toggleRecipient } from '../state/compose'
import { contactName, contacts, hideContact, people, putContact } from '../state/contacts'
import { api } from '../state/engine'
import { connection } from '../state/network'
import { say, sayUndoable } from '../state/notices'
import { me } from '../state/session'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { useChunks } from '../ui/chunks'
import { Copyable, CopyButton } from '../ui/copy'
import { Face } from '../ui/face'
import { Field } from '../ui/field'
import { useNetwork } from '../ui/network'
import { Qr } from '../ui/qr'
import { Search } from '../ui/search'
import { Page } from '../ui/shell'
import { presence } from './parts'

const CHUNK = 50
/** People are few: a search is for lists longer than a screen. */
const SEARCHED_FROM = 8

export function People() {
  return (
    <Page title={s.people.title}>
      <div class="columns">
        <div class="stack">
          <Add />
          <List />
        </div>
        {me.value && <Invite me={me.value} />}
      </div>
    </Page>
  )
}

function Add() {
  const text = useSignal('')
  const { busy, problem, run } = useBusy()
  const add = (invite: string) =>
    run(
      async () => {
        const contact = await api().contacts.add(invite)
        putContact(contact)
        text.value = ''
        say(contact.state === 'resolving' ? s.people.looking : s.people.added(contactName(contact)))
      },
      error => explain(error, invite),
    )
  // An invite link leads here: it is used once, and is then no longer in the address.
  useEffect(() => {
    const { value } = route
    if (value.view !== 'people' || !value.add) return
    text.value = value.add
    replace(href.people)
    void add(value.add)
  }, [route.value])
  const submit = (event: Event) => {
    event.preventDefault()
    void add(inviteCode(text.value))
  }
  return (
    <form class="card pad stack" onSubmit={submit}>
      <h2>{s.people.add}</h2>
      <div class="row wraps beside">
        <Field label={s.people.addField} hint={s.people.addHint} autoComplete="off" value={text.value} onInput={value => (text.value = value)} error={problem} />
        <button type="submit" class="button main" disabled={busy}>
          {busy ? s.people.adding : s.people.addSubmit}
        </button>
      </div>
    </form>
  )
}

function explain(error: unknown, invite: string): string {
  const own = me.value && (invite === me.value.id || invite === inviteCode(me.value.invite))
  if (own || /\bown\b/.test(error instanceof Error ? error.message : '')) return s.addErrors.own
  return codeOf(error) === 'already-exists' ? s.addErrors.already : wordsFor(error)
}

function Invite({ me }: { me: Me }) {
  const link = inviteLink(me.invite)
  const heading = useRef<HTMLHeadingElement>(null)
  // On a phone it stands below the list.
  useEffect(() => {
    if (route.value.view !== 'people' || !route.value.invite) return
    heading.current?.focus({ preventScroll: true })
    heading.current?.scrollIntoView()
  }, [route.value])
  return (
    <section class="card pad stack invite">
      <h2 ref={heading} tabIndex={-1}>
        {s.people.invite}
      </h2>
      <p class="quiet">{s.people.inviteText}</p>
      {!me.published && (
        <p class="banner" role="status">
          {connection.value === 'noRelay' ? s.people.noRelay : s.people.notPublished}
        </p>
      )}
      <Qr text={link} label={s.people.qr} />
      <input class="field mono" readOnly aria-label={s.people.link} value={link} onFocus={event => event.currentTarget.select()} dir="ltr" />
      <div class="actions">
        <CopyButton text={link} label={s.people.copyLink} main />
        {'share' in navigator && (
          <button type="button" class="button" onClick={() => void navigator.share({ url: link }).catch(() => {})}>
            {s.people.shareLink}
          </button>
        )}
      </div>
      <details>
        <summary>{s.common.details}</summary>
        <dl>
          <Copyable name={s.people.myId} value={me.id} />
        </dl>
      </details>
    </section>
  )
}

function List() {
  useNetwork()
  const text = useSignal('')
  const folded = text.value.trim().toLocaleLowerCase()
  const all = people.value
  const list = folded ? all.filter(contact => `${contact.petname ?? ''} ${contact.name}`.toLocaleLowerCase().includes(folded)) : all
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

function Person({ contact }: { contact: Contact }) {
  const renaming = useSignal(false)
  const name = contactName(contact)
  const { words, here } = presence(contact)
  const resolving = contact.state === 'resolving'
  return (
    <li class="person">
      <div class="row wraps">
        <Face id={contact.id} name={name} avatar={contact.avatar} here={here} />
        <div class="grow">
          <b dir="auto">{name}</b>
          {contact.petname && contact.name && contact.petname !== contact.name && <small> · {s.people.alsoKnown(shown(contact.name))}</small>}
          <br />
          <small>{words}</small>
          {contact.warning && <p class="warning">{s.people.warnings[contact.warning]}</p>}
        </div>
        {resolving ? (
          <button type="button" class="button plain" aria-label={`${s.people.stopLooking}: ${name}`} onClick={() => remove(contact, false)}>
            {s.people.stopLooking}
          </button>
        ) : (
          <button type="button" class="button" aria-label={s.people.shareWith(name)} onClick={() => shareWith(contact.id)}>
            {s.nav.share}
          </button>
        )}
      </div>
      <details>
        <summary>
          {s.common.details}
          <span class="unseen">{s.people.detailsOf(name)}</span>
        </summary>
        <div class="stack">
          {renaming.value ? (
            <Rename contact={contact} onDone={() => (renaming.value = false)} />
          ) : (
            <div class="actions">
              <button type="button" class="button" aria-label={s.people.renameOf(name)} onClick={() => (renaming.value = true)}>
                {s.people.rename}
              </button>
              <button type="button" class="button danger" aria-label={s.people.removeOf(name)} onClick={() => remove(contact, true)}>
                {s.people.remove}
              </button>
            </div>
          )}
          <dl>
            <Copyable name={s.people.id} value={contact.id} />
          </dl>
        </div>
      </details>
    </li>
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
        label={s.people.petname(shown(contact.name) || contactName(contact))}
        hint={s.people.petnameHint}
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

function remove(contact: Contact, undoable: boolean): void {
  const act = () => void api().contacts.remove(contact.id).catch(error => {
    putContact(contact)
    say(wordsFor(error), 'bad')
  })
  hideContact(contact.id)
  if (!undoable) return act()
  sayUndoable(s.people.removed(contactName(contact)), act, () => putContact(contact))
}

function shareWith(id: string): void {
  if (!recipients.value.has(id) && contacts.value.has(id)) toggleRecipient(id)
  go(href.share)
}
