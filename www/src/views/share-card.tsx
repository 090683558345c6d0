/** A share in a list: who shared it, what is in it, and its transfers. */

import type { Share } from '../contract'
import { displayText, relativeTime } from '../format'
import { href } from '../route'
import { contacts, nameOf } from '../state/contacts'
import { me } from '../state/session'
import { isUnread } from '../state/shares'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { SharePreview } from '../ui/share-preview'
import { ShareTransfers } from './labels'
import { AudienceChip, AvailabilityChip, authorName, isMine, makerName, recipientsOf } from './share-recipients'

export function ShareCard({ share }: { share: Share }) {
  const title = displayText(share.title)
  const author = isMine(share) ? me.value : contacts.value.get(share.author)
  return (
    <article class="card share-card" aria-labelledby={`title-${share.id}`}>
      <header class="row wraps pad">
        <Avatar id={share.author} name={author?.name ?? share.authorName ?? '?'} avatar={author?.avatar} />
        <div class="grow">
          <p class="byline">
            <Byline share={share} />
          </p>
          <h2 id={`title-${share.id}`} dir="auto">
            <a href={href.shared(share.id)}>{title}</a>
          </h2>
        </div>
        {isUnread(share) && <span class="chip new">{s.home.isNew}</span>}
      </header>
      <SharePreview share={share} />
      <div class="pad stack">
        {share.note && (
          <p class="note" dir="auto">
            {displayText(share.note)}
          </p>
        )}
        <ShareTransfers share={share.id} />
        <div class="actions">
          <a class="button main" href={href.shared(share.id)} aria-label={s.home.openShare(title)}>
            {s.home.open}
          </a>
          <small class="grow">{s.share.summary(share.files, share.size)}</small>
          {share.adds && <span class="chip neutral">{s.album.chip}</span>}
          <AudienceChip share={share} />
          <AvailabilityChip share={share} />
        </div>
      </div>
    </article>
  )
}

function Byline({ share }: { share: Share }) {
  const when = relativeTime(share.created)
  const maker = makerName(share)
  const made = maker ? ` · ${s.home.madeBy(maker)}` : ''
  if (isMine(share)) return <span class="quiet">{`${ownByline(share)}${made} · ${when}`}</span>
  return (
    <>
      <b dir="auto">{authorName(share)}</b>{' '}
      <span class="quiet">{`${maker ? s.home.passedOn : s.home.received[share.audience]}${made} · ${when}`}</span>
    </>
  )
}

function ownByline(share: Share): string {
  if (share.audience !== 'contacts') return s.home.mine[share.audience]
  return s.home.youShared(recipientsOf(share).map(id => nameOf(id)))
}
