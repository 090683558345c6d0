/** Adding or following somebody: by what was pasted, scanned or opened. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { codeOf, detailOf, wordsFor } from '../errors'
import { LIMITS } from '../generated'
import { href, inviteCode, replace, route } from '../route'
import { foundWords, putContact } from '../state/contacts'
import { api } from '../state/engine'
import { say } from '../state/notices'
import { me } from '../state/session'
import { s } from '../strings'
import { type Busy, useBusy } from '../ui/busy'
import { Field, Problem, TextArea } from '../ui/field'
import { Scanner } from '../ui/scanner'

export function Add() {
  const { value } = route
  const code = value.view === 'people' ? value.add : undefined
  return code === undefined ? <Pasted /> : <Invitation key={code} code={code} />
}

function Pasted() {
  const text = useSignal('')
  const message = useSignal('')
  const scanning = useSignal(false)
  const busy = useBusy()
  const code = inviteCode(text.value)
  const done = () => {
    text.value = ''
    message.value = ''
  }
  const submit = (event: Event) => {
    event.preventDefault()
    void add(busy, code, message.value, done)
  }
  const close = () => (scanning.value = false)
  return (
    <form class="card pad stack" onSubmit={submit}>
      <h2>{s.add.title}</h2>
      <div class="row wraps beside">
        <Field label={s.add.field} hint={s.add.hint} autoComplete="off" value={text.value} onInput={value => (text.value = value)} error={busy.problem} />
        <button type="submit" class="button main" disabled={busy.busy}>
          {busy.busy ? s.add.adding : s.add.submit}
        </button>
      </div>
      {code && <Message value={message.value} onInput={value => (message.value = value)} />}
      <div class="actions">
        <button type="button" class="button" onClick={() => (scanning.value = true)}>
          {s.add.scan}
        </button>
        {code && (
          <>
            <button type="button" class="button plain" disabled={busy.busy} onClick={() => void follow(busy, code, done)}>
              {s.add.follow}
            </button>
            <small>{s.add.followHint}</small>
          </>
        )}
      </div>
      {scanning.value && (
        <Scanner
          onClose={close}
          onFound={found => {
            close()
            replace(href.add(inviteCode(found)))
          }}
        />
      )}
    </form>
  )
}

/** An invite that was opened or scanned; it is in the address until it is answered. */
function Invitation({ code }: { code: string }) {
  const message = useSignal('')
  const busy = useBusy()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const leave = () => replace(href.people)
  const submit = (event: Event) => {
    event.preventDefault()
    void add(busy, code, message.value, leave)
  }
  return (
    <form class="card pad stack" onSubmit={submit}>
      <h2 ref={heading} tabIndex={-1}>
        {s.add.invited}
      </h2>
      <p>{s.add.invitedText}</p>
      <Message value={message.value} onInput={value => (message.value = value)} />
      {busy.problem && <Problem text={busy.problem} />}
      <div class="actions">
        <button type="submit" class="button main" disabled={busy.busy}>
          {busy.busy ? s.add.adding : s.add.accept}
        </button>
        <button type="button" class="button plain" onClick={leave}>
          {s.add.notNow}
        </button>
      </div>
    </form>
  )
}

export const Message = ({ value, onInput }: { value: string; onInput: (value: string) => void }) => (
  <TextArea label={`${s.add.message} (${s.common.optional})`} hint={s.add.messageHint} rows={2} value={value} onInput={onInput} />
)

/** Adds whoever this id or invite names, with a message where one was written, and says what came of it. */
export async function add({ refuse, run }: Busy, code: string, message: string, done: () => void): Promise<void> {
  const words = message.trim()
  if ([...words].length > LIMITS.messageChars) return refuse(s.add.messageTooLong(LIMITS.messageChars))
  await run(
    async () => {
      const contact = await api().contacts.add(code, words ? { message: words } : {})
      putContact(contact)
      done()
      say(foundWords(contact))
    },
    error => explain(error, code),
  )
}

export async function follow({ run }: Busy, code: string, done: () => void): Promise<void> {
  await run(
    async () => {
      const contact = await api().contacts.follow(code)
      putContact(contact)
      done()
      say(foundWords(contact))
    },
    error => explain(error, code),
  )
}

function explain(error: unknown, code: string): string {
  const own = me.value && (code === me.value.id || code === inviteCode(me.value.invite))
  if (own || detailOf(error) === 'own-id') return s.add.own
  return codeOf(error) === 'already-exists' ? s.add.already : wordsFor(error)
}
