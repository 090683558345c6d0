/** What friends added to an album: who added what, ways to open and save it, and to take it out. */

import { useEffect } from 'preact/hooks'
import type { Share } from '../contract'
import { displayText, relativeTime } from '../format'
import { href, navigate } from '../route'
import { contacts, nameOf } from '../state/contacts'
import { api } from '../state/engine'
import { notifyUndoable } from '../state/notices'
import { me } from '../state/session'
import { additionsTo, albumOf, hideShare, listings, loadAdditions } from '../state/shares'
import { s } from '../strings'
import { Avatar } from '../ui/avatar'
import { NewMark } from '../ui/new-mark'
import { SharePreview } from '../ui/share-preview'
import { ShareTransfers } from './labels'
import { Saves } from './saves'
import { SaveActions } from './share-contents'
import { authorName, isMine } from './share-recipients'

const HEADING = 'added-by-friends'

export function Additions({ album }: { album: Share }) {
  useEffect(() => void loadAdditions(album.id).catch(() => {}), [album.id, listings.value])
  const added = additionsTo(album.id)
  if (!added.length) return null
  return (
    <section class="stack" aria-labelledby={HEADING}>
      <h2 id={HEADING}>{s.album.title}</h2>
      {added.map(share => (
        <Addition key={share.id} share={share} album={album} />
      ))}
    </section>
  )
}

function Addition({ share, album }: { share: Share; album: Share }) {
  const maker = makerOf(share)
  const person = isMine(share) ? me.value : contacts.value.get(maker.id)
  const text = additionByline(share)
  return (
    <article class="card share-card" aria-label={text}>
      <header class="row wraps pad">
        <Avatar id={maker.id} name={maker.name} avatar={person?.avatar} />
        <p class="grow byline">{text}</p>
        {share.unread && <NewMark />}
      </header>
      <SharePreview share={share} />
      <div class="pad stack">
        <ShareTransfers share={share.id} />
        {share.unlisted && !share.elsewhere.length && <p class="quiet">{s.album.notHere}</p>}
        {isMine(share) && !share.inAlbum && <p class="quiet">{s.album.waits(authorName(album))}</p>}
        <SaveActions share={share} here={false} />
        <Saves share={share} />
        <div class="actions">
          <a class="button" href={href.shared(share.id)} aria-label={s.album.all(maker.name)}>
            {s.home.open}
          </a>
          {!share.unlisted && <small class="grow">{s.share.summary(share.files, share.size)}</small>}
        </div>
      </div>
    </article>
  )
}

/** Who added something to an album. */
const makerOf = ({ madeBy, madeByName, author, authorName }: Share) => {
  const id = madeBy ?? author
  return { id, name: nameOf(id, madeBy ? madeByName : authorName) }
}

export function additionByline(share: Share): string {
  const when = relativeTime(share.created)
  return isMine(share) ? s.album.byYou(when) : s.album.by(makerOf(share).name, when)
}

/** The button by which something is taken out of an album: for everybody by who made either, else for the reader alone. */
export function RemoveAddition({ share }: { share: Share }) {
  const album = albumOf(share)
  const { name } = makerOf(share)
  const [text, done] = isMine(share)
    ? [s.album.takeBack, s.album.takenBack]
    : album && isMine(album)
      ? [s.album.hide(name), s.album.hidden(name)]
      : [s.album.remove(name), s.album.removed(name)]
  const remove = () => {
    const restore = hideShare(share.id)
    navigate(album ? href.shared(album.id) : href.home)
    notifyUndoable(done, () => api().shares.remove(share.id), restore)
  }
  return (
    <button type="button" class="button danger" onClick={remove}>
      {text}
    </button>
  )
}

/** The way back to the album to which a share was added. */
export function AlbumLink({ share }: { share: Share }) {
  const album = albumOf(share)
  return album ? <a href={href.shared(album.id)}>{s.album.in(displayText(album.title))}</a> : null
}
