/** People who ask to be added, with buttons to accept, decline or block. */

import type { ContactRequest } from '../contract'
import { displayText, relativeTime } from '../format'
import { blockContact, claimedName, nameOf } from '../state/contacts'
import { introductions } from '../state/introductions'
import { acceptRequest, declined, declineRequest, lookUpRequest, requests } from '../state/requests'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { ErrorMessage } from '../ui/field'
import { useAsyncAction } from '../ui/use-async-action'
import { useIncrementalList } from '../ui/use-infinite-scroll'
import { IntroductionCard } from './introductions'

/** Rows rendered at once: there can be many requests from strangers. */
const BATCH = 20

export function ContactRequests() {
  const list = requests.value
  const introduced = introductions.value
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  if (!list.length && !introduced.length) return null
  return (
    <section class="card pad stack tight asking" aria-labelledby="requests">
      <h2 id="requests">{s.requests.title}</h2>
      <ul class="requests">
        {introduced.map(introduction => (
          <li key={introduction.id} class="person">
            <IntroductionCard introduction={introduction} />
          </li>
        ))}
        {list.slice(0, visible).map(request => (
          <li key={request.id} class="person">
            <RequestCard request={request} />
          </li>
        ))}
      </ul>
      <div class="end" ref={sentinel} />
      {list.length > 0 && <small>{s.requests.claims}</small>}
    </section>
  )
}

/** Requests that the reader declined, folded away. */
export function DeclinedRequests() {
  const list = declined.value
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  if (!list.length) return null
  return (
    <details class="card pad">
      <summary>{s.requests.declinedList(list.length)}</summary>
      <p class="quiet">{s.requests.declinedText}</p>
      <ul class="requests">
        {list.slice(0, visible).map(request => (
          <li key={request.id} class="person">
            <RequestCard request={request} isDeclined />
          </li>
        ))}
      </ul>
      <div class="end" ref={sentinel} />
    </details>
  )
}

export function RequestCard({ request, isDeclined = false }: { request: ContactRequest; isDeclined?: boolean }) {
  const name = claimedName(request)
  const { busy, problem, run } = useAsyncAction()
  return (
    <div class="stack tight">
      <div class="row">
        <Avatar id={request.id} name={name} avatar={request.avatar} />
        <div class="grow">
          <b class="break-anywhere" dir="auto">
            {name}
          </b>
          <br />
          <small>{relativeTime(request.time)}</small>
        </div>
      </div>
      {request.introducedBy && <p>{s.introductions.card.accepted(nameOf(request.introducedBy), name)}</p>}
      {request.message && (
        <p class="note" dir="auto">
          {displayText(request.message)}
        </p>
      )}
      {request.invite && <p class="warning">{s.requests.invite[request.invite]}</p>}
      {request.elsewhere.length > 0 && <p class="quiet">{s.requests.unknown(request.elsewhere.join(', '))}</p>}
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        {request.elsewhere.length > 0 && (
          <button
            type="button"
            class="button"
            aria-label={s.requests.lookUpOf(name)}
            disabled={busy}
            onClick={() => void run(() => lookUpRequest(request))}
          >
            {s.requests.lookUp}
          </button>
        )}
        <button
          type="button"
          class="button main"
          aria-label={s.requests.acceptOf(name)}
          disabled={busy}
          onClick={() => void run(() => acceptRequest(request))}
        >
          {s.requests.accept}
        </button>
        {!isDeclined && (
          <button
            type="button"
            class="button"
            aria-label={s.requests.declineOf(name)}
            disabled={busy}
            onClick={() => declineRequest(request)}
          >
            {s.requests.decline}
          </button>
        )}
        <button
          type="button"
          class="button plain"
          aria-label={s.requests.blockOf(name)}
          disabled={busy}
          onClick={() => blockContact(request.id, name)}
        >
          {s.requests.block}
        </button>
      </div>
    </div>
  )
}
