/** All shares, newest first, with a search field and filters. */

import { useSignal } from '@preact/signals'
import type { Share } from '../contract'
import { href } from '../route'
import { contactName, nameOf, people } from '../state/contacts'
import { drafts } from '../state/drafts'
import { useFileSearch } from '../state/file-search'
import { isFound } from '../state/search-text'
import { listOlderShares, moreShares, shares, sharesListed } from '../state/shares'
import { activeTransfers } from '../state/transfers'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { EmptyIllustration } from '../ui/empty-illustration'
import { Icon } from '../ui/icon'
import { Progress } from '../ui/progress'
import { SearchField } from '../ui/search-field'
import { Page } from '../ui/shell'
import { useIncrementalList, useInfiniteScroll } from '../ui/use-infinite-scroll'
import { useNetworkStatus } from '../ui/use-network-status'
import { NewDevices } from './devices'
import { DraftCard } from './draft-card'
import { WaitingDrops } from './drops'
import { NewKeysBanners } from './change-keys'
import { ChangedKeysBanners, presence, progressTone, transferText, transferTitle } from './labels'
import { ShareCard } from './share-card'
import { authorName, isMine, makerName } from './share-recipients'

type Filter = keyof typeof s.home.filters
/** Filters that are offered only if a share matches them. */
const RARE_FILTERS: ReadonlySet<Filter> = new Set(['public', 'link'])
/** Cards rendered at once: two screens of a desktop. */
const BATCH = 12
/** Rows of the side panel. */
const FRIENDS = 8
const UNDER_WAY = 3

export function Home() {
  const filter = useSignal<Filter>('all')
  const text = useSignal('')
  const found = useFileSearch(shares.value, text.value)
  const matching = shares.value.filter(
    share => matchesFilter(share, filter.value) && (matchesText(share, text.value) || found.has(share.id)),
  )
  const filters = (Object.keys(s.home.filters) as Filter[]).filter(
    each => !RARE_FILTERS.has(each) || each === filter.value || shares.value.some(share => matchesFilter(share, each)),
  )
  const hasSide = people.value.length > 0 || activeTransfers.value.length > 0
  const nothing = sharesListed.value && shares.value.length === 0
  return (
    <Page title={s.home.title} wide side={hasSide ? <SidePanel /> : undefined}>
      <ChangedKeysBanners />
      <NewDevices />
      <NewKeysBanners />
      <WaitingDrops />
      {drafts.value.map(draft => (
        <DraftCard key={draft.id} draft={draft} />
      ))}
      {nothing ? (
        <EmptyHome />
      ) : (
        <>
          <div class="filters">
            <SearchField label={s.home.search} value={text.value} onInput={value => (text.value = value)} />
            <fieldset class="filter-row" aria-label={s.home.filterLabel}>
              {filters.map(each => (
                <button key={each} type="button" aria-pressed={filter.value === each} onClick={() => (filter.value = each)}>
                  {s.home.filters[each]}
                </button>
              ))}
              {shares.value.some(share => share.audience === 'link' && isMine(share)) && (
                <a href={href.links}>
                  <Icon name="link" />
                  {s.links.all}
                </a>
              )}
            </fieldset>
          </div>
          <ShareList list={matching} found={found} />
          {sharesListed.value && matching.length === 0 && (
            <p class="quiet centred">{text.value ? s.home.noMatch(text.value) : s.home.noneOfKind}</p>
          )}
        </>
      )}
    </Page>
  )
}

function ShareList({ list, found }: { list: readonly Share[]; found: ReadonlyMap<string, string> }) {
  const { visible, sentinel } = useIncrementalList(list.length, BATCH)
  const older = useInfiniteScroll(() => void listOlderShares().catch(() => {}), moreShares.value && visible === list.length)
  return (
    <div class="shares">
      {list.slice(0, visible).map(share => (
        <ShareCard key={share.id} share={share} found={found.get(share.id)} />
      ))}
      <div class="end" ref={sentinel} />
      <div class="end" ref={older}>
        {moreShares.value && <p class="quiet centred">{s.home.loadingMore}</p>}
      </div>
    </div>
  )
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

/** Friends, those who are online first, and what is under way. */
function SidePanel() {
  useNetworkStatus()
  const friends = people.value.toSorted((a, b) => Number(presence(b).online) - Number(presence(a).online))
  return (
    <>
      {friends.length > 0 && (
        <section class="card pad stack" aria-labelledby="friends">
          <h2 id="friends">{s.home.friends}</h2>
          {friends.slice(0, FRIENDS).map(contact => (
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
      )}
      {activeTransfers.value.length > 0 && (
        <section class="card pad stack" aria-labelledby="under-way">
          <h2 id="under-way">{s.home.underWay}</h2>
          {activeTransfers.value.slice(0, UNDER_WAY).map(transfer => (
            <div class="stack tight" key={transfer.id}>
              <span class="truncate" dir="auto">
                {transferTitle(transfer)}
              </span>
              <small>{transferText(transfer)}</small>
              <Progress
                label={s.home.progressOf(transferTitle(transfer))}
                done={transfer.bytes}
                total={transfer.total}
                tone={progressTone(transfer)}
              />
            </div>
          ))}
          <a class="button plain" href={href.transfers}>
            {s.home.allTransfers}
          </a>
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
  const people = [authorName(share), makerName(share) ?? '', ...(share.recipients ?? []).map(id => nameOf(id))]
  return isFound(text, [share.title, share.note ?? '', ...people])
}
