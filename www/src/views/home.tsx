/** Shares received and mine, newest first. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Share } from '../contract'
import { href } from '../route'
import { relativeTime, displayText } from '../format'
import { contactName, contacts, nameOf, people } from '../state/contacts'
import { drafts } from '../state/drafts'
import { me } from '../state/session'
import { sharesListed, listOlderShares, moreShares, shares } from '../state/shares'
import { readStorage, storage } from '../state/storage'
import { s } from '../strings'
import { useIncrementalList, useInfiniteScroll } from '../ui/use-infinite-scroll'
import { Avatar } from '../ui/avatar'
import { Icon } from '../ui/icon'
import { SharePreview } from '../ui/share-preview'
import { useNetworkStatus } from '../ui/use-network-status'
import { EmptyIllustration } from '../ui/empty-illustration'
import { Progress } from '../ui/progress'
import { SearchField } from '../ui/search-field'
import { Page } from '../ui/shell'
import { DraftCard } from './draft-card'
import { AudienceChip, authorName, isMine, AvailabilityChip, makerName, recipientsOf } from './share-recipients'
import { ChangedKeysBanners, presence, ShareTransfers } from './labels'

type Filter = keyof typeof s.home.filters
/** Asked for only where there is something of that kind. */
const RARE_FILTERS: ReadonlySet<Filter> = new Set(['public', 'link'])
/** Cards drawn at once: two screens of a desktop. */
const BATCH = 12

export function Home() {
  const filter = useSignal<Filter>('all')
  const text = useSignal('')
  const matching = shares.value.filter(share => matchesFilter(share, filter.value) && matchesText(share, text.value))
  const filters = (Object.keys(s.home.filters) as Filter[]).filter(each => !RARE_FILTERS.has(each) || each === filter.value || shares.value.some(share => matchesFilter(share, each)))
  const nothing = sharesListed.value && shares.value.length === 0
  return (
    <Page title={s.home.title} side={<SidePanel />}>
      <ChangedKeysBanners />
      {drafts.value.map(draft => (
        <DraftCard key={draft.id} draft={draft} />
      ))}
      {nothing ? (
        <EmptyHome />
      ) : (
        <>
          <div class="filters">
            <SearchField label={s.home.search} value={text.value} onInput={value => (text.value = value)} />
            <fieldset class="segments" aria-label={s.home.filterLabel}>
              {filters.map(each => (
                <button key={each} type="button" aria-pressed={filter.value === each} onClick={() => (filter.value = each)}>
                  {s.home.filters[each]}
                </button>
              ))}
            </fieldset>
            {shares.value.some(share => share.audience === 'link' && isMine(share)) && (
              <a class="button plain" href={href.links}>
                <Icon name="link" />
                {s.links.all}
              </a>
            )}
          </div>
          <ShareList list={matching} />
          {sharesListed.value && matching.length === 0 && (
            <p class="quiet centred">{text.value ? s.home.noMatch(text.value) : s.home.noneOfKind}</p>
          )}
        </>
      )}
    </Page>
  )
}

function ShareList({ list }: { list: readonly Share[] }) {
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  const older = useInfiniteScroll(() => void listOlderShares().catch(() => {}), moreShares.value && visible === list.length)
  return (
    <>
      {list.slice(0, visible).map(share => (
        <ShareCard key={share.id} share={share} />
      ))}
      <div class="end" ref={sentinel} />
      <div class="end" ref={older}>
        {moreShares.value && <p class="quiet centred">{s.home.loadingMore}</p>}
      </div>
    </>
  )
}

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
        {share.unread && <span class="chip new">{s.home.isNew}</span>}
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
      <b dir="auto">{authorName(share)}</b> <span class="quiet">{`${maker ? s.home.passedOn : s.home.received[share.audience]}${made} · ${when}`}</span>
    </>
  )
}

function ownByline(share: Share): string {
  if (share.audience !== 'contacts') return s.home.mine[share.audience]
  return s.home.youShared(recipientsOf(share).map(id => nameOf(id)))
}

function EmptyHome() {
  return (
    <section class="card empty stack">
      <EmptyIllustration />
      <h2>{s.home.empty}</h2>
      <p class="quiet">{s.home.emptyText}</p>
      <div class="actions centred">
        <a class="button main" href={href.invite}>
          {s.home.emptyInvite}
        </a>
        <a class="button" href={href.share}>
          {s.home.emptyShare}
        </a>
      </div>
    </section>
  )
}

function SidePanel() {
  useNetworkStatus()
  useEffect(() => void readStorage().catch(() => {}), [])
  return (
    <>
      <section class="card pad stack">
        <h2>{s.people.title}</h2>
        {people.value.length === 0 && <p class="quiet">{s.people.emptyText}</p>}
        {people.value.slice(0, 8).map(contact => (
          <a class="row plain-link" key={contact.id} href={href.person(contact.id)}>
            <Avatar id={contact.id} name={contactName(contact)} avatar={contact.avatar} online={presence(contact).online} />
            <span class="grow">
              <span dir="auto">{contactName(contact)}</span>
              <br />
              <small>{presence(contact).short}</small>
            </span>
          </a>
        ))}
        <a class="button plain" href={href.invite}>
          {s.home.emptyInvite}
        </a>
      </section>
      {storage.value && (
        <section class="card pad stack tight">
          <h2>{s.settings.storage}</h2>
          <small>{s.settings.used(storage.value.used, storage.value.quota)}</small>
          <Progress label={s.settings.storage} done={storage.value.used} total={storage.value.quota} />
        </section>
      )}
    </>
  )
}

function matchesFilter(share: Share, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'mine':
      return isMine(share)
    case 'received':
      return !isMine(share) && share.audience !== 'public'
    case 'public':
    case 'link':
      return share.audience === filter
  }
}

function matchesText(share: Share, text: string): boolean {
  const folded = text.trim().toLocaleLowerCase()
  if (!folded) return true
  const people = [authorName(share), makerName(share) ?? '', ...(share.recipients ?? []).map(id => nameOf(id))]
  return [share.title, share.note ?? '', ...people].some(part => part.toLocaleLowerCase().includes(folded))
}
