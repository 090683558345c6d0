/** On a person's page: whether they see the reader's contacts, and introducing them to somebody. */

import { useSignal } from '@preact/signals'
import type { Contact } from '../contract'
import { LIMITS } from '../generated'
import { contactName, people } from '../state/contacts'
import { introduce, setSeesMine } from '../state/introductions'
import { isFound } from '../state/search-text'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { Dialog } from '../ui/dialog'
import { Checkbox, ErrorMessage, TextArea } from '../ui/field'
import { Icon } from '../ui/icon'
import { SearchField } from '../ui/search-field'
import { useAsyncAction } from '../ui/use-async-action'

/** A search helps only where not all faces are in sight. */
const SEARCH_FROM = 8

export function Visibility({ contact }: { contact: Contact }) {
  const name = contactName(contact)
  const introducing = useSignal(false)
  const { busy, problem, run } = useAsyncAction()
  const words = s.introductions.visibility
  const change = (next: boolean) => {
    if (!busy) void run(() => setSeesMine(contact, next))
  }
  return (
    <section class="card pad stack" aria-labelledby="visibility">
      <h2 id="visibility">{words.title}</h2>
      <Checkbox label={words.label(name)} hint={words.hint} checked={contact.seesMine} onChange={change} />
      <p class="quiet">{contact.mayBeShown ? words.agreed(name) : words.notAgreed(name)}</p>
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button type="button" class="button" aria-label={s.introductions.introduce.openOf(name)} onClick={() => (introducing.value = true)}>
          {s.introductions.introduce.open}
        </button>
      </div>
      {introducing.value && <IntroduceDialog contact={contact} onClose={() => (introducing.value = false)} />}
    </section>
  )
}

function IntroduceDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const others = people.value.filter(({ id, state }) => id !== contact.id && state === 'mutual')
  const agreed = others.filter(({ mayBeShown }) => mayBeShown)
  const rest = others.filter(({ mayBeShown }) => !mayBeShown)
  const words = s.introductions.introduce
  const name = contactName(contact)
  return (
    <Dialog title={words.title(name)} onClose={onClose}>
      {!contact.mayBeShown ? (
        <p>{words.ask(name)}</p>
      ) : agreed.length === 0 ? (
        <p>{words.nobody}</p>
      ) : (
        <>
          <IntroduceForm contact={contact} among={agreed} onClose={onClose} />
          {rest.length > 0 && <small>{words.notAgreed(rest.map(contactName))}</small>}
        </>
      )}
    </Dialog>
  )
}

function IntroduceForm({ contact, among, onClose }: { contact: Contact; among: readonly Contact[]; onClose: () => void }) {
  const text = useSignal('')
  const chosen = useSignal<string | null>(null)
  const message = useSignal('')
  const action = useAsyncAction()
  const words = s.introductions.introduce
  const list = among.filter(each => each.id === chosen.value || isFound(text.value, [contactName(each)]))
  const submit = (event: Event) => {
    event.preventDefault()
    const other = among.find(({ id }) => id === chosen.value)
    if (!other) return action.reject(words.choose)
    if ([...message.value.trim()].length > LIMITS.messageChars) return action.reject(words.tooLong(LIMITS.messageChars))
    void action.run(async () => {
      await introduce(contact, other, message.value)
      onClose()
    })
  }
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <p class="quiet">{words.explain}</p>
      {among.length >= SEARCH_FROM && <SearchField label={words.search} value={text.value} onInput={value => (text.value = value)} />}
      <fieldset class="plain" aria-label={words.who}>
        <div class="choice-list faces">
          {list.map(each => {
            const name = contactName(each)
            return (
              <label key={each.id} class="choice face" title={name}>
                <input type="radio" name="introduce-to" checked={chosen.value === each.id} onChange={() => (chosen.value = each.id)} />
                <Avatar id={each.id} name={name} avatar={each.avatar} online={each.online} />
                <span class="truncate" dir="auto">
                  {name}
                </span>
                <Icon name="check" />
              </label>
            )
          })}
        </div>
      </fieldset>
      <TextArea
        label={`${words.message} (${s.common.optional})`}
        rows={2}
        value={message.value}
        onInput={value => (message.value = value)}
      />
      {action.problem && <ErrorMessage text={action.problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={action.busy}>
          {words.send}
        </button>
        <button type="button" class="button plain" onClick={onClose}>
          {s.common.cancel}
        </button>
      </div>
    </form>
  )
}
