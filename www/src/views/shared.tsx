/** One share: what it holds, who may open it and where it is kept, and ways to change one's mind. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Share } from '../contract'
import { wordsFor } from '../errors'
import { go, href } from '../route'
import { exact, moment, shown } from '../say'
import { api } from '../state/engine'
import { useFiles } from '../state/files'
import { say, sayUndoable } from '../state/notices'
import { loadShare, looked, share as knownShare, takeAway } from '../state/shares'
import { s } from '../strings'
import { Copyable } from '../ui/copy'
import { Problem } from '../ui/field'
import { Page } from '../ui/shell'
import { AddFiles } from './addfiles'
import { Contents, Saving } from './contents'
import { GivenLink } from './given'
import { Audience, authorName, isMine, Kept, makerName } from './kept'
import { MayOpen } from './mayopen'
import { TransfersOf } from './parts'
import { PassOn } from './passon'

export function Shared({ id, path }: { id: string; path?: string | undefined }) {
  const problem = useSignal<string | null>(null)
  useEffect(() => {
    problem.value = null
    loadShare(id).catch(error => (problem.value = wordsFor(error)))
  }, [id])
  const share = knownShare(id)
  useEffect(() => looked(id), [id, share])
  if (share) return <Opened key={id} share={share} path={path} />
  return (
    <Page title={problem.value ? s.share.gone : s.share.loading}>
      {problem.value && <Problem text={problem.value} />}
      <p class="actions">
        <a class="button" href={href.home}>
          {s.nav.home}
        </a>
      </p>
    </Page>
  )
}

function Opened({ share, path }: { share: Share; path?: string | undefined }) {
  const { files, more, problem } = useFiles(share)
  // Of a friend's share it is said of a list that is whole; mine was made from files read here, unless one is seen
  // to be missing because the profile was recovered.
  const noneMissing = files.entries.length > 0 && files.entries.every(({ have, size }) => have >= size)
  const here = noneMissing && files.entries.length === share.files
  const mine = isMine(share)
  // What somebody else made is theirs to add to; what is public stays what it was when it was signed.
  const canGrow = mine && share.audience !== 'public' && share.madeBy === undefined
  return (
    <Page title={shown(share.title)} named={s.share.pictures}>
      <Told share={share} />
      <div class="actions">
        <Audience share={share} />
        <Kept share={share} here={noneMissing} />
        {here && !mine && <span class="chip">{s.share.here}</span>}
      </div>
      <Saving share={share} here={here} />
      {mine && share.audience === 'link' && <GivenLink share={share} />}
      <TransfersOf share={share.id} />
      {problem && <Problem text={problem} />}
      <Contents share={share} files={files} more={more} path={path} told={here} />
      {canGrow && <AddFiles share={share} />}
      {mine && <MayOpen share={share} />}
      {/* What everybody has needs no passing on. */}
      {!mine && share.audience !== 'public' && <PassOn share={share} />}
      <Details share={share} />
    </Page>
  )
}

/** Who says what with it. */
export function Told({ share }: { share: Share }) {
  return (
    <>
      <p class="quiet">{`${byline(share)} · ${s.share.summary(share.files, share.size)}`}</p>
      {share.note && (
        <p class="note" dir="auto">
          {shown(share.note)}
        </p>
      )}
    </>
  )
}

function byline(share: Share): string {
  const when = moment(share.created)
  const maker = makerName(share)
  if (maker) return isMine(share) ? s.share.passedOnByYou(maker, when) : s.share.passedOn(maker, authorName(share), when)
  return isMine(share) ? s.share.byYou(when) : s.share.by(authorName(share), when)
}

function Details({ share }: { share: Share }) {
  const removal = () => {
    const putBack = takeAway(share.id)
    go(href.home)
    // The engine tells that it is gone before it answers.
    const remove = () => api().shares.remove(share.id).catch(error => say(wordsFor(error), 'bad'))
    sayUndoable(s.share.removed(shown(share.title)), () => void remove().finally(putBack), putBack)
  }
  const open = share.audience === 'public'
  return (
    <details class="card pad">
      <summary>{s.common.details}</summary>
      <dl class="stack">
        <Copyable name={s.share.details.id} value={share.id} />
        <Copyable name={open ? s.share.details.directory : s.share.details.root} value={share.root} />
        <Copyable name={s.share.details.author} value={share.author} />
        {share.madeBy && <Copyable name={s.share.details.maker} value={share.madeBy} />}
        <Copyable name={s.share.details.created} value={exact(share.created)} copy={false} />
      </dl>
      <div class="actions">
        <button type="button" class="button danger" onClick={removal}>
          {isMine(share) ? s.share.removeMine[share.audience] : s.share.remove}
        </button>
      </div>
    </details>
  )
}
