/** A share in a list: its pictures or the kind of its files, its title, and one line of facts. The whole of it opens the share. */

import { Fragment } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Share } from '../contract'
import { displayText, formatBytes, relativeTime } from '../format'
import { isFilm } from '../media-type'
import { href } from '../route'
import { contacts, nameOf } from '../state/contacts'
import { type FirstFiles, isUnread } from '../state/shares'
import { activeTransfers } from '../state/transfers'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { Icon, type IconName } from '../ui/icon'
import { NewMark } from '../ui/new-mark'
import { Mosaic, picturesOf } from '../ui/share-preview'
import { iconOf } from '../ui/thumbnail'
import { useBlobUrl } from '../ui/use-blob-url'
import { useFirstFiles } from '../ui/use-first-files'
import { AUDIENCE_ICONS } from './audience-picker'
import { ShareTransfers } from './labels'
import { authorName, availability, isMine, isWithdrawn, makerName, recipientsOf } from './share-recipients'

/** How long a card waits for its files, invisible and in its place. Then it shows what is known. */
const PENDING_MS = 700
/** Recipients named in a line. */
const NAMED = 3

/** `found` is the path of a file by which a search found the share. */
export function ShareCard({ share, found }: { share: Share; found?: string | undefined }) {
  const first = useFirstFiles(share)
  const late = useLate(PENDING_MS)
  const pending = !first && share.files > 0 && !share.unlisted && !late
  const pictures = first ? picturesOf(first) : []
  const isRow = !pending && pictures.length === 0
  return (
    <article
      class={`card share-card share-tile${isRow ? ' file-row' : ''}${pending ? ' pending' : ''}`}
      aria-labelledby={`title-${share.id}`}
    >
      {/* biome-ignore lint/a11y/useAnchorContent: it lies over the content, and its label names it */}
      <a class="stretched" href={href.shared(share.id)} aria-label={s.home.openShare(displayText(share.title))} />
      {isRow ? <Kind share={share} first={first} /> : <Mosaic share={share} shown={pictures} first={first} />}
      <div class="share-text">
        <div class="share-title">
          {isUnread(share) && <NewMark />}
          <h2 class="truncate" id={`title-${share.id}`} dir="auto">
            {displayText(share.title)}
          </h2>
        </div>
        {share.note && !isRow && (
          <p class="note" dir="auto">
            {displayText(share.note)}
          </p>
        )}
        <Facts share={share} first={first} />
        {found !== undefined && (
          <p class="facts">
            <Icon name="search" />
            <span class="truncate">{s.fileSearch.found(displayText(found))}</span>
          </p>
        )}
        <Trouble share={share} />
        <ShareTransfers share={share.id} />
      </div>
    </article>
  )
}

/** One quiet line: who, what and when. */
function Facts({ share, first }: { share: Share; first: FirstFiles | null }) {
  const mine = isMine(share)
  const parts = [notYet(share), whoOf(share), contentsOf(share, first), share.adds && s.home.album, relativeTime(share.created)]
  return (
    <p class="facts">
      {mine ? (
        <Icon name={share.audience === 'contacts' ? 'lock' : AUDIENCE_ICONS[share.audience]} />
      ) : (
        <Avatar id={share.author} name={authorName(share)} avatar={contacts.value.get(share.author)?.avatar} size="small" />
      )}
      <span class="truncate">
        {parts.filter(Boolean).map((part, i) => (
          <Fragment key={i}>
            {i > 0 && ' · '}
            <bdi>{part}</bdi>
          </Fragment>
        ))}
      </span>
    </p>
  )
}

/** Why a share is not where it should be, if that needs the reader. */
function Trouble({ share }: { share: Share }) {
  const { text, failed } = availability(share, false)
  return failed ? <p class="needs-me">{text}</p> : null
}

/** Where a share is not yet, if that needs nobody and no bar shows it. */
function notYet(share: Share): string {
  const { text, calm, failed } = availability(share, false)
  return calm || failed || activeTransfers.value.some(each => each.share === share.id) ? '' : text
}

function whoOf(share: Share): string {
  const maker = makerName(share)
  const made = maker ? `, ${s.home.madeBy(maker)}` : ''
  if (!isMine(share)) return s.home.from[maker ? 'contacts' : share.audience](authorName(share)) + made
  if (isWithdrawn(share)) return s.audience.withdrawn
  if (share.audience !== 'contacts') return s.home.mine[share.audience] + made
  const names = recipientsOf(share).map(id => nameOf(id))
  return s.home.youTo(names.slice(0, NAMED), names.length - NAMED) + made
}

function contentsOf(share: Share, first: FirstFiles | null): string {
  if (share.files === 0) return ''
  const [only] = first?.files ?? []
  if (share.files === 1 && only && first?.pictures === 0) return `${displayText(only.path)} · ${formatBytes(share.size)}`
  if (!first || first.pictures === 0 || first.names < share.files) return s.share.summary(share.files, share.size)
  return s.home.contents(
    first.pictures,
    first.files.some(({ type }) => isFilm(type)),
    share.files - first.pictures,
  )
}

/** What a share without pictures consists of; the first page of a PDF alone. */
function Kind({ share, first }: { share: Share; first: FirstFiles | null }) {
  const [only, ...others] = first?.files ?? []
  const still = useBlobUrl(others.length ? undefined : only?.preview)
  return <span class="kind">{still ? <img src={still} alt="" /> : <Icon name={kindIcon(share, first)} />}</span>
}

function kindIcon(share: Share, first: FirstFiles | null): IconName {
  const [only, ...others] = first?.files ?? []
  if (!only) return share.files > 1 ? 'folder' : share.files === 1 ? 'file' : 'text'
  return others.length ? 'folder' : iconOf(only)
}

/** Whether this time has passed since the component came. */
function useLate(ms: number): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return late
}
