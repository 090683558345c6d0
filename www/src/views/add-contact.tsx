/** Adds or follows somebody by an invite that was pasted, scanned or opened. */

import { useSignal } from '@preact/signals'
import type { Contact, Pasted } from '../contract'
import { codeOf, wordsFor } from '../errors'
import { displayText } from '../format'
import { LIMITS } from '../generated'
import { forgetOpened, href, replaceRoute } from '../route'
import { isSure } from '../state/accept-invite'
import { additionText, contactName, contacts, putContact, shortId } from '../state/contacts'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { forgetPasted, pasted, pastedMessage as message, usePasted } from '../state/pasted'
import { pendingDecisions, undoDecision } from '../state/pending-decisions'
import { s } from '../strings'
import { Dialog } from '../ui/dialog'
import { ErrorMessage, Field, TextArea } from '../ui/field'
import { type AsyncAction, useAsyncAction } from '../ui/use-async-action'

export function AddForm() {
  /** What was found where it is more than one. */
  const choices = useSignal<readonly Pasted[]>([])
  const action = useAsyncAction()
  const found = usePasted(pasted.value)
  const type = (value: string) => {
    pasted.value = value
    choices.value = []
    action.reject(null)
  }
  const done = () => {
    forgetPasted()
    replaceRoute(href.people)
  }
  const ask = (act: typeof addContact) => {
    if (!pasted.value.trim()) return action.reject(s.add.nothing)
    const [one, ...others] = found
    if (one && others.length) choices.value = found
    else if (one?.kind === 'link') replaceRoute(href.link(one.code))
    else void act(action, pasted.value, message.value, done)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    ask(addContact)
  }
  const only = found.length === 1 ? found[0] : undefined
  const isPerson = only !== undefined && only.kind !== 'link' && !only.own
  return (
    <form class="stack" onSubmit={submit}>
      <div class="row wraps field-with-button">
        <Field label={s.add.field} hint={s.add.hint} autoComplete="off" value={pasted.value} onInput={type} error={action.problem} />
        <button type="submit" class="button main" disabled={action.busy}>
          {action.busy ? s.add.adding : s.add.submit}
        </button>
      </div>
      {choices.value.length > 0 && (
        <fieldset class="stack tight">
          <legend>{s.add.several}</legend>
          {choices.value.map(one => (
            <button key={one.code} type="button" class="button" onClick={() => type(one.code)}>
              {s.add.choice[one.kind](pastedName(one))}
            </button>
          ))}
        </fieldset>
      )}
      {isPerson && !isSure(only) && <RequestMessage value={message.value} onInput={value => (message.value = value)} />}
      {isPerson && (
        <div class="actions">
          <button type="button" class="button plain" disabled={action.busy} onClick={() => ask(followContact)}>
            {s.add.follow}
          </button>
          <small>{s.add.followHint}</small>
        </div>
      )}
    </form>
  )
}

const pastedName = ({ name, id }: Pasted) => displayText(name ?? '').trim() || s.people.unknown(shortId(id))

/** An invite that was opened or scanned. If it was opened, it waits in this tab until the reader answers. */
export function InvitationForm({ code }: { code: string }) {
  const message = useSignal('')
  const action = useAsyncAction()
  const [one, ...others] = usePasted(code)
  const name = one ? pastedName(one) : ''
  const known = one && knownText(one, name)
  const leave = () => {
    forgetOpened()
    replaceRoute(href.people)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void addContact(action, code, message.value, leave)
  }
  const title = !one?.name ? s.add.invited : s.add.invitedBy(name)
  return (
    <Dialog kind="meet" title={known ?? title} onClose={leave}>
      <form class="stack" onSubmit={submit}>
        {!known && <p>{one && isSure(one) ? s.add.invitedSure : s.add.invitedText}</p>}
        {known && one?.state === 'mutual' && isSure(one) && <p class="quiet">{s.add.friendText}</p>}
        {!known && !(one && isSure(one)) && <RequestMessage value={message.value} onInput={value => (message.value = value)} />}
        {others.length > 0 && <p class="warning">{s.errors.several}</p>}
        {action.problem && <ErrorMessage text={action.problem} />}
        <div class="actions">
          {known ? (
            <>
              <button type="button" class="button main" onClick={leave}>
                {s.common.close}
              </button>
              {one?.state === 'mutual' && isSure(one) && (
                <button type="submit" class="button plain" disabled={action.busy}>
                  {s.add.useAgain}
                </button>
              )}
            </>
          ) : (
            <>
              <button type="submit" class="button main" disabled={action.busy}>
                {action.busy ? s.add.adding : s.add.accept}
              </button>
              <button type="button" class="button plain" onClick={leave}>
                {s.add.notNow}
              </button>
            </>
          )}
        </div>
      </form>
    </Dialog>
  )
}

/** What there is to say of an invite that needs no answer; undefined for one that does. */
function knownText(one: Pasted, name: string): string | undefined {
  if (one.own) return s.add.ownInvite
  if (one.state === 'mutual') return s.add.friends(name)
  return one.state === 'blocked' ? s.errors.blocked : undefined
}

export const RequestMessage = ({ value, onInput }: { value: string; onInput: (value: string) => void }) => (
  <TextArea label={`${s.add.message} (${s.common.optional})`} hint={s.add.messageHint} rows={2} value={value} onInput={onInput} />
)

/** Adds the person of this id or invite, with an optional message, and announces the result. */
export async function addContact(action: AsyncAction, code: string, message: string, done: () => void): Promise<void> {
  const words = message.trim()
  if ([...words].length > LIMITS.messageChars) return action.reject(s.add.messageTooLong(LIMITS.messageChars))
  await decide(action, code, () => api().contacts.add(code, words ? { message: words } : {}), done)
}

export async function followContact(action: AsyncAction, code: string, _message: string, done: () => void): Promise<void> {
  await decide(action, code, () => api().contacts.follow(code), done)
}

async function decide({ run }: AsyncAction, code: string, act: () => Promise<Contact>, done: () => void): Promise<void> {
  await run(async () => {
    const found = await api().contacts.read(code)
    const before = takenUpAgain(found)
    const wasFriend = found.some(({ state }) => state === 'mutual')
    const contact = await act().catch(error => {
      // Who is not removed after all is there, and there may be nothing more to say to them.
      if (before && codeOf(error) === 'already-exists') return before
      throw error
    })
    putContact(contact)
    done()
    notify(wasFriend && !before ? s.add.friends(contactName(contact)) : additionText(contact))
  }, wordsFor)
}

/** The contact whose removal can still be undone: adding them again undoes it. */
function takenUpAgain(found: readonly Pasted[]): Contact | undefined {
  const one = found.find(({ id }) => pendingDecisions.value.get(id) === 'removed' && undoDecision(id))
  return one && contacts.value.get(one.id)
}
