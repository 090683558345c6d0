/** One share: its files, who may open it, where it is kept, and ways to change it. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText, fullDateTime, relativeTime } from '../format'
import { href, navigate } from '../route'
import { api } from '../state/engine'
import { useFiles } from '../state/files'
import { notifyUndoable } from '../state/notices'
import { me } from '../state/session'
import { addShare, additionsTo, albumOf, findShare, hideShare, loadShare, markRead } from '../state/shares'
import { s } from '../strings'
import { folderOf } from '../tree'
import { CopyableValue } from '../ui/copy'
import { ErrorMessage } from '../ui/field'
import { Icon } from '../ui/icon'
import { useMovable } from '../ui/movable'
import { Page } from '../ui/shell'
import { useAsyncAction } from '../ui/use-async-action'
import { isWide } from '../ui/use-wide'
import { AddFiles } from './add-files'
import { Answers } from './answers'
import { AlbumLink, Additions, additionByline, RemoveAddition } from './additions'
import { ShareFolder } from './folders'
import { FreedHere } from './free-space'
import { KeptBy } from './keeping'
import { ShareTransfers } from './labels'
import { ShareLink } from './link-card'
import { PassOn } from './pass-on'
import { Rename } from './rename'
import { ShareAccess } from './share-access'
import { Saves } from './saves'
import { SaveActions, ShareContents } from './share-contents'
import { AudienceChip, AvailabilityChip, authorName, canBeChanged, isMine, makerName } from './share-recipients'
import { ShareText } from './share-text'

interface Place {
  /** The file in the viewer. */
  path: string | undefined
  /** The folder that is listed. */
  folder: string | undefined
}

export function SharePage({ id, path, folder }: { id: string } & Place) {
  const problem = useSignal<string | null>(null)
  const share = findShare(id)
  const isHere = share !== undefined
  // It may also go while it is looked at.
  useEffect(() => {
    problem.value = null
    loadShare(id).catch(error => (problem.value = wordsFor(error)))
  }, [id, isHere])
  const added = additionsTo(id)
  useEffect(() => markRead(id), [id, share, added])
  if (share) return <OpenShare key={id} share={share} path={path} folder={folder} />
  return (
    <Page title={problem.value ? s.share.gone : s.share.loading}>
      {problem.value && <ErrorMessage text={problem.value} />}
      <p class="actions">
        <a class="button" href={href.home}>
          {s.nav.home}
        </a>
      </p>
    </Page>
  )
}

function OpenShare({ share, path, folder }: { share: Share } & Place) {
  const files = useFiles(share, path === undefined ? folder : folderOf(path))
  // A friend's share is here only if its whole list is here. The reader's own share was made here, so it is here unless a
  // file is known to be missing, as after the recovery of a profile.
  const { noneMissing, here } = files
  const mine = isMine(share)
  // A passed-on share belongs to its maker. A public share stays as it was signed.
  const canGrow = canBeChanged(share)
  const renaming = useSignal(false)
  const { part, place } = useMovable(<Panel share={share} />)
  const wasWide = useRef(false)
  wasWide.current ||= isWide.value
  const hasPanel = !share.album && (mine || share.audience !== 'public')
  return (
    <Page
      title={displayText(share.title)}
      named={s.share.pictures}
      actions={canGrow && !renaming.value && <RenameButton onClick={() => (renaming.value = true)} />}
      side={hasPanel && isWide.value && place}
    >
      {renaming.value ? <Rename share={share} close={() => (renaming.value = false)} /> : <ShareSummary share={share} />}
      <div class="actions">
        <AudienceChip share={share} />
        {/* What somebody else added is at a relay of theirs, of which nothing is known here. */}
        {(mine || !share.album) && <AvailabilityChip share={share} here={noneMissing} />}
        {here && !mine && <span class="chip">{s.share.here}</span>}
        {share.adds && <span class="chip neutral">{s.album.chip}</span>}
        <AlbumLink share={share} />
      </div>
      {share.elsewhere.length > 0 && !here && <Elsewhere share={share} />}
      <KeptBy share={share} />
      <FreedHere share={share} />
      <SaveActions share={share} here={here} />
      <Saves share={share} />
      <ShareTransfers share={share.id} />
      {files.problem && <ErrorMessage text={files.problem} />}
      <ShareContents share={share} files={files} path={path} hideLocation={here} />
      <Answers share={share} />
      <Additions album={share} />
      {(canGrow || (share.adds && !!me.value)) && <AddFiles share={share} />}
      {mine && share.audience === 'self' && share.madeBy === undefined && !share.album && <ShareFolder share={share} />}
      {hasPanel &&
        !isWide.value &&
        (mine ? (
          // A share by link is made for its link, and what stood beside the files was open.
          <details class="share-panel stack" open={share.audience === 'link' || wasWide.current}>
            <summary class="card pad row">
              <Icon name="people" />
              <b class="grow">{s.panel.title}</b>
            </summary>
            {place}
          </details>
        ) : (
          place
        ))}
      {hasPanel && part}
      <ShareDetails share={share} />
    </Page>
  )
}

const RenameButton = ({ onClick }: { onClick: () => void }) => (
  <button type="button" class="button plain rename" title={s.rename.begin} onClick={onClick}>
    <Icon name="edit" />
    <span>{s.rename.begin}</span>
  </button>
)

/** Who has the share, and its link: beside its files where there is room. */
function Panel({ share }: { share: Share }) {
  // Everybody can open a public share already. What was added to an album goes with the album.
  if (!isMine(share)) return <PassOn share={share} />
  return (
    <div class="share-side stack">
      {share.audience === 'link' && <ShareLink share={share} />}
      <ShareAccess share={share} />
    </div>
  )
}

/** Asks before the page connects to relays of a stranger. */
function Elsewhere({ share }: { share: Share }) {
  const { busy, problem, run } = useAsyncAction()
  return (
    <section class="card pad stack">
      <p>{s.share.elsewhere(share.elsewhere.join(', '))}</p>
      {problem && <ErrorMessage text={problem} />}
      <div class="actions">
        <button
          type="button"
          class="button main"
          disabled={busy}
          onClick={() => void run(async () => addShare(await api().shares.lookElsewhere(share.id)))}
        >
          {s.share.lookElsewhere}
        </button>
      </div>
    </section>
  )
}

/** The author, the date, the size and the note of a share. */
export function ShareSummary({ share }: { share: Share }) {
  return (
    <>
      <p class="quiet">
        {[byline(share), (share.files > 0 || !share.note) && s.share.summary(share.files, share.size)].filter(Boolean).join(' · ')}
      </p>
      <ShareText share={share} />
    </>
  )
}

/** Who shared it, and when. */
export function byline(share: Share): string {
  if (albumOf(share)) return additionByline(share)
  const when = relativeTime(share.created)
  const maker = makerName(share)
  if (maker) return isMine(share) ? s.share.passedOnByYou(maker, when) : s.share.passedOn(maker, authorName(share), when)
  return isMine(share) ? s.share.byYou(when) : s.share.by(authorName(share), when)
}

function ShareDetails({ share }: { share: Share }) {
  const remove = () => {
    const restore = hideShare(share.id)
    navigate(href.home)
    notifyUndoable(s.share.removed(displayText(share.title)), () => api().shares.remove(share.id), restore)
  }
  const open = share.audience === 'public'
  return (
    <details class="card pad">
      <summary>{s.common.details}</summary>
      <dl class="stack">
        <CopyableValue name={s.share.details.id} value={share.id} />
        <CopyableValue name={open ? s.share.details.directory : s.share.details.root} value={share.root} />
        <CopyableValue name={s.share.details.author} value={share.author} />
        {share.madeBy && <CopyableValue name={s.share.details.maker} value={share.madeBy} />}
        <CopyableValue name={s.share.details.created} value={fullDateTime(share.created)} copy={false} />
      </dl>
      <div class="actions">
        {albumOf(share) ? (
          <RemoveAddition share={share} />
        ) : (
          <button type="button" class="button danger" onClick={remove}>
            {isMine(share) ? s.share.removeMine[share.audience] : s.share.remove}
          </button>
        )}
      </div>
    </details>
  )
}
