/** People who ask to be added, and what can be answered. */

import type { ContactRequest } from '../contract'
import { moment, shown } from '../say'
import { block } from '../state/contacts'
import { accept, decline, requestName, requests } from '../state/requests'
import { s } from '../strings'
import { useBusy } from '../ui/busy'
import { useChunks } from '../ui/chunks'
import { Face } from '../ui/face'
import { Problem } from '../ui/field'

/** Drawn at once: strangers can be many. */
const CHUNK = 20

export function Requests() {
  const list = requests.value
  const { shown: drawn, end } = useChunks(list.length, CHUNK)
  if (!list.length) return null
  return (
    <section class="card pad stack" aria-labelledby="requests">
      <h2 id="requests">{s.requests.title}</h2>
      <ul class="requests">
        {list.slice(0, drawn).map(request => (
          <li key={request.id} class="person">
            <Request request={request} />
          </li>
        ))}
      </ul>
      <div class="end" ref={end} />
      <small>{s.requests.claims}</small>
    </section>
  )
}

export function Request({ request }: { request: ContactRequest }) {
  const name = requestName(request)
  const { busy, problem, run } = useBusy()
  return (
    <div class="stack tight">
      <div class="row">
        <Face id={request.id} name={name} avatar={request.avatar} />
        <div class="grow">
          <b class="breaks" dir="auto">
            {name}
          </b>
          <br />
          <small>{moment(request.time)}</small>
        </div>
      </div>
      {request.message && (
        <p class="note" dir="auto">
          {shown(request.message)}
        </p>
      )}
      {request.invite && <p class="warning">{s.requests.invite[request.invite]}</p>}
      {problem && <Problem text={problem} />}
      <div class="actions">
        <button type="button" class="button main" aria-label={s.requests.acceptOf(name)} disabled={busy} onClick={() => void run(() => accept(request))}>
          {s.requests.accept}
        </button>
        <button type="button" class="button" aria-label={s.requests.declineOf(name)} disabled={busy} onClick={() => decline(request)}>
          {s.requests.decline}
        </button>
        <button type="button" class="button danger" aria-label={s.requests.blockOf(name)} disabled={busy} onClick={() => block(request.id, name)}>
          {s.requests.block}
        </button>
      </div>
    </div>
  )
}
