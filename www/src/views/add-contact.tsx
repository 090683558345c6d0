/** Adds or follows somebody by an invite that was pasted, scanned or opened. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { codeOf, detailOf, wordsFor } from '../errors'
import { LIMITS } from '../generated'
import { forgetOpened, href, inviteCode, replaceRoute, route } from '../route'
import { additionText, putContact } from '../state/contacts'
import { api } from '../state/engine'
import { notify } from '../state/notices'
import { me } from '../state/session'
import { s } from '../strings'
import { ErrorMessage, Field, TextArea } from '../ui/field'
import { QrScanner } from '../ui/qr-scanner'
import { type AsyncAction, useAsyncAction } from '../ui/use-async-action'

export function AddContact() {
  const { value } = route
  const code = value.view === 'people' ? value.add : undefined
  return code === undefined ? <AddForm /> : <InvitationForm key={code} code={code} />
}

function AddForm() {
  const text = useSignal('')
  const message = useSignal('')
  const scanning = useSignal(false)
  const action = useAsyncAction()
  const code = inviteCode(text.value)
  const done = () => {
    text.value = ''
    message.value = ''
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void addContact(action, code, message.value, done)
  }
  const close = () => (scanning.value = false)
  return (
    <form class="card pad stack" onSubmit={submit}>
      <h2>{s.add.title}</h2>
      <div class="row wraps field-with-button">
        <Field
          label={s.add.field}
          hint={s.add.hint}
          autoComplete="off"
          value={text.value}
          onInput={value => (text.value = value)}
          error={action.problem}
        />
        <button type="submit" class="button main" disabled={action.busy}>
          {action.busy ? s.add.adding : s.add.submit}
        </button>
      </div>
      {code && <RequestMessage value={message.value} onInput={value => (message.value = value)} />}
      <div class="actions">
        <button type="button" class="button" onClick={() => (scanning.value = true)}>
          {s.add.scan}
        </button>
        {code && (
          <>
            <button type="button" class="button plain" disabled={action.busy} onClick={() => void followContact(action, code, done)}>
              {s.add.follow}
            </button>
            <small>{s.add.followHint}</small>
          </>
        )}
      </div>
      {scanning.value && (
        <QrScanner
          onClose={close}
          onFound={found => {
            close()
            replaceRoute(href.add(inviteCode(found)))
          }}
        />
      )}
    </form>
  )
}

/** An invite that was opened or scanned. If it was opened, it waits in this tab until the reader answers. */
function InvitationForm({ code }: { code: string }) {
  const message = useSignal('')
  const action = useAsyncAction()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const leave = () => {
    forgetOpened()
    replaceRoute(href.people)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void addContact(action, code, message.value, leave)
  }
  return (
    <form class="card pad stack" onSubmit={submit}>
      <h2 ref={heading} tabIndex={-1}>
        {s.add.invited}
      </h2>
      <p>{s.add.invitedText}</p>
      <RequestMessage value={message.value} onInput={value => (message.value = value)} />
      {action.problem && <ErrorMessage text={action.problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={action.busy}>
          {action.busy ? s.add.adding : s.add.accept}
        </button>
        <button type="button" class="button plain" onClick={leave}>
          {s.add.notNow}
        </button>
      </div>
    </form>
  )
}

export const RequestMessage = ({ value, onInput }: { value: string; onInput: (value: string) => void }) => (
  <TextArea label={`${s.add.message} (${s.common.optional})`} hint={s.add.messageHint} rows={2} value={value} onInput={onInput} />
)

/** Adds the person of this id or invite, with an optional message, and announces the result. */
export async function addContact({ reject, run }: AsyncAction, code: string, message: string, done: () => void): Promise<void> {
  const words = message.trim()
  if ([...words].length > LIMITS.messageChars) return reject(s.add.messageTooLong(LIMITS.messageChars))
  await run(
    async () => {
      const contact = await api().contacts.add(code, words ? { message: words } : {})
      putContact(contact)
      done()
      notify(additionText(contact))
    },
    error => explain(error, code),
  )
}

export async function followContact({ run }: AsyncAction, code: string, done: () => void): Promise<void> {
  await run(
    async () => {
      const contact = await api().contacts.follow(code)
      putContact(contact)
      done()
      notify(additionText(contact))
    },
    error => explain(error, code),
  )
}

function explain(error: unknown, code: string): string {
  const own = me.value && (code === me.value.id || code === inviteCode(me.value.invite))
  if (own || detailOf(error) === 'own-id') return s.add.own
  return codeOf(error) === 'already-exists' ? s.add.already : wordsFor(error)
}
