/** The circles of a contact: a button for each existing circle and a field for a new one. */

import { useSignal } from '@preact/signals'
import type { Contact } from '../contract'
import { displayText } from '../format'
import { LIMITS } from '../generated'
import { circleNames, putContact } from '../state/contacts'
import { api } from '../state/engine'
import { s } from '../strings'
import { ErrorMessage, Field } from '../ui/field'
import { Icon } from '../ui/icon'
import { useAsyncAction } from '../ui/use-async-action'

export function ContactCircles({ contact }: { contact: Contact }) {
  const name = useSignal('')
  const { busy, problem, reject, run } = useAsyncAction()
  const mine = new Set(contact.circles)
  const put = async (circles: Iterable<string>) => putContact(await api().contacts.setCircles(contact.id, [...circles]))
  const toggle = (circle: string) => {
    const next = new Set(mine)
    if (!next.delete(circle)) next.add(circle)
    if (next.size > LIMITS.circles) return reject(s.circles.tooMany(LIMITS.circles))
    void run(() => put(next))
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const circle = name.value.trim()
    if (!circle) return
    if ([...circle].length > LIMITS.nameChars) return reject(s.circles.tooLong(LIMITS.nameChars))
    if (mine.size >= LIMITS.circles) return reject(s.circles.tooMany(LIMITS.circles))
    void run(async () => {
      await put(mine.add(circle))
      name.value = ''
    })
  }
  return (
    <form class="card pad stack" onSubmit={submit} aria-labelledby="circles">
      <h2 id="circles">{s.circles.title}</h2>
      <p class="quiet">{s.circles.text}</p>
      {circleNames.value.length > 0 && (
        <fieldset class="actions circles" aria-labelledby="circles">
          {circleNames.value.map(circle => (
            <button key={circle} type="button" class="button circle" aria-pressed={mine.has(circle)} onClick={() => toggle(circle)}>
              {mine.has(circle) && <Icon name="check" />}
              <span dir="auto">{displayText(circle)}</span>
            </button>
          ))}
        </fieldset>
      )}
      <div class="row wraps field-with-button">
        <Field label={s.circles.field} autoComplete="off" value={name.value} onInput={value => (name.value = value)} />
        <button type="submit" class="button" disabled={busy}>
          {s.circles.add}
        </button>
      </div>
      {problem && <ErrorMessage text={problem} />}
    </form>
  )
}
