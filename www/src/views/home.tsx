/** Shares received and mine, newest first. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Share } from '../contract'
import { href } from '../route'
import { moment, shown } from '../say'
import { contactName, contacts, nameOf, people } from '../state/contacts'
import { drafts } from '../state/drafts'
import { me } from '../state/session'
import { listed, listOlder, moreShares, shares } from '../state/shares'
import { readStorage, storage } from '../state/storage'
import { s } from '../strings'
import { useChunks, useNearEnd } from '../ui/chunks'
import { Face } from '../ui/face'
import { Icon } from '../ui/icon'
import { Glance } from '../ui/mosaic'
import { useNetwork } from '../ui/network'
import { Prints } from '../ui/prints'
import { Progress } from '../ui/progress'
import { Search } from '../ui/search'
import { Page } from '../ui/shell'
import { DraftCard } from './drafts'
import { Audience, authorName, isMine, Kept, makerName, recipientsOf } from './kept'
import { ChangedKeys, presence, TransfersOf } from './parts'

type Filter = keyof typeof s.home.filters
/** Asked for only where there is something of that kind. */
const RARE: ReadonlySet<Filter> = new Set(['public', 'link'])
/** Cards drawn at once: two screens of a desktop. */
const CHUNK = 12

export function Home() {
  const filter = useSignal<Filter>('all')
  const text = useSignal('')
  const matching = shares.value.filter(share => wanted(share, filter.value) && matches(share, text.value))
  const filters = (Object.keys(s.home.filters) as Filter[]).filter(each => !RARE.has(each) || each === filter.value || shares.value.some(share => wanted(share, each)))
  const nothing = listed.value && shares.value.length === 0
  return (
    <Page title={s.home.title} side={<Side />}>
      <ChangedKeys />
      {drafts.value.map(draft => (
        <DraftCard key={draft.id} draft={draft} />
      ))}
      {nothing ? (
        <Empty />
      ) : (
        <>
          <div class="filters">
            <Search label={s.home.search} value={text.value} onInput={value => (text.value = value)} />
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
          <List list={matching} />
          {listed.value && matching.length === 0 && (
            <p class="quiet centred">{text.value ? s.home.noMatch(text.value) : s.home.noneOfKind}</p>
          )}
        </>
      )}
    </Page>
  )
}

function List({ list }: { list: readonly Share[] }) {
  const { shown, end } = useChunks(list.length, CHUNK)
  const older = useNearEnd(() => void listOlder().catch(() => {}), moreShares.value && shown === list.length)
  return (
    <>
      {list.slice(0, shown).map(share => (
        <ShareCard key={share.id} share={share} />
      ))}
      <div class="end" ref={end} />
      <div class="end" ref={older}>
        {moreShares.value && <p class="quiet centred">{s.home.loadingMore}</p>}
      </div>
    </>
  )
}

export function ShareCard({ share }: { share: Share }) {
  const title = shown(share.title)
  const author = isMine(share) ? me.value : contacts.value.get(share.author)
  return (
    <article class="card share-card" aria-labelledby={`title-${share.id}`}>
      <header class="row wraps pad">
        <Face id={share.author} name={author?.name ?? share.authorName ?? '?'} avatar={author?.avatar} />
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
      <Glance share={share} />
      <div class="pad stack">
        {share.note && (
          <p class="note" dir="auto">
            {shown(share.note)}
          </p>
        )}
        <TransfersOf share={share.id} />
        <div class="actions">
          <a class="button main" href={href.shared(share.id)} aria-label={s.home.openShare(title)}>
            {s.home.open}
          </a>
          <small class="grow">{s.share.summary(share.files, share.size)}</small>
          <Audience share={share} />
          <Kept share={share} />
        </div>
      </div>
    </article>
  )
}

function Byline({ share }: { share: Share }) {
  const when = moment(share.created)
  const maker = makerName(share)
  const made = maker ? ` · ${s.home.madeBy(maker)}` : ''
  if (isMine(share)) return <span class="quiet">{`${mineWords(share)}${made} · ${when}`}</span>
  return (
    <>
      <b dir="auto">{authorName(share)}</b> <span class="quiet">{`${maker ? s.home.passedOn : s.home.received[share.audience]}${made} · ${when}`}</span>
    </>
  )
}

function mineWords(share: Share): string {
  if (share.audience !== 'contacts') return s.home.mine[share.audience]
  return s.home.youShared(recipientsOf(share).map(id => nameOf(id)))
}

function Empty() {
  return (
    <section class="card empty stack">
      <Prints />
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

function Side() {
  useNetwork()
  useEffect(() => void readStorage().catch(() => {}), [])
  return (
    <>
      <section class="card pad stack">
        <h2>{s.people.title}</h2>
        {people.value.length === 0 && <p class="quiet">{s.people.emptyText}</p>}
        {people.value.slice(0, 8).map(contact => (
          <a class="row named" key={contact.id} href={href.person(contact.id)}>
            <Face id={contact.id} name={contactName(contact)} avatar={contact.avatar} here={presence(contact).here} />
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

function wanted(share: Share, filter: Filter): boolean {
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

function matches(share: Share, text: string): boolean {
  const folded = text.trim().toLocaleLowerCase()
  if (!folded) return true
  const people = [authorName(share), makerName(share) ?? '', ...(share.recipients ?? []).map(id => nameOf(id))]
  return [share.title, share.note ?? '', ...people].some(part => part.toLocaleLowerCase().includes(folded))
}
