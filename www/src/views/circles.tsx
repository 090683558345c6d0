/** The circles that somebody is in: those that there are to be switched, and a field for another. */

import { useSignal } from '@preact/signals'
import type { Contact } from '../contract'
import { LIMITS } from '../generated'
import { shown } from '../say'
import { circleNames, putContact } from '../state/contacts'
import { api } from '../state/engine'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { Field, Problem } from '../ui/field'
import { Icon } from '../ui/icon'

const NAME_LENGTH = LIMITS.nameChars
const MOST = LIMITS.circles

export function Circles({ contact }: { contact: Contact }) {
  const name = useSignal('')
  const { busy, problem, refuse, run } = useBusy()
  const mine = new Set(contact.circles)
  const put = async (circles: Iterable<string>) => putContact(await api().contacts.setCircles(contact.id, [...circles]))
  const toggle = (circle: string) => {
    const next = new Set(mine)
    if (!next.delete(circle)) next.add(circle)
    if (next.size > MOST) return refuse(s.circles.tooMany(MOST))
    void run(() => put(next))
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const circle = name.value.trim()
    if (!circle) return
    if ([...circle].length > NAME_LENGTH) return refuse(s.circles.tooLong(NAME_LENGTH))
    if (mine.size >= MOST) return refuse(s.circles.tooMany(MOST))
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
              <span dir="auto">{shown(circle)}</span>
            </button>
          ))}
        </fieldset>
      )}
      <div class="row wraps beside">
        <Field label={s.circles.field} autoComplete="off" value={name.value} onInput={value => (name.value = value)} />
        <button type="submit" class="button" disabled={busy}>
          {s.circles.add}
        </button>
      </div>
      {problem && <Problem text={problem} />}
    </form>
  )
}
