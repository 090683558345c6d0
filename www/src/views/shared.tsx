/** One share: its pictures, its other files, who may open it and where it is kept. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { go, href } from '../route'
import { bytes, exact, moment, shown } from '../say'
import { contacts, nameOf } from '../state/contacts'
import { api } from '../state/engine'
import { useFiles } from '../state/files'
import { say, sayUndoable } from '../state/notices'
import { transferOf, underWay } from '../state/transfers'
import { add, deliveries, hideShare, loadShare, looked, share as knownShare } from '../state/shares'
import { s } from '../strings'
import { useNearEnd } from '../ui/chunks'
import { Copyable } from '../ui/copy'
import { Face } from '../ui/face'
import { Problem } from '../ui/field'
import { Icon } from '../ui/icon'
import { Page } from '../ui/shell'
import { isViewable, Thumb } from '../ui/thumb'
import { Audience, isMine, Kept } from './kept'
import { TransfersOf } from './parts'
import { canPickFolder, saveAll, saveFile, saveInto } from './save'
import { Viewer } from './viewer'

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
  const pictures = files.entries.filter(({ type }) => isViewable(type))
  const others = files.entries.filter(({ type }) => !isViewable(type))
  const end = useNearEnd(more, !files.whole && !files.loading)
  // Of a friend's share it is said of a list that is whole; mine was made from files read here, unless one is seen
  // to be missing because the profile was recovered.
  const noneMissing = files.entries.length > 0 && files.entries.every(({ have, size }) => have >= size)
  const here = noneMissing && files.entries.length === share.files
  const title = shown(share.title)
  const when = moment(share.created)
  return (
    <Page title={title} named={s.share.pictures}>
      <p class="quiet">{`${isMine(share) ? s.share.byYou(when) : s.share.by(nameOf(share.author), when)} · ${s.share.summary(share.files, share.size)}`}</p>
      {share.note && (
        <p class="note" dir="auto">
          {shown(share.note)}
        </p>
      )}
      <div class="actions">
        <Audience share={share} />
        <Kept share={share} here={noneMissing} />
        {here && !isMine(share) && <span class="chip">{s.share.here}</span>}
      </div>
      <Saving share={share} here={here} />
      <TransfersOf share={share.id} />
      {problem && <Problem text={problem} />}
      {share.files === 0 && <p class="quiet">{s.share.noFiles}</p>}
      {pictures.length > 0 && (
        <section aria-label={s.share.pictures}>
          <ul class="gallery">
            {pictures.map(file => (
              <li key={file.path}>
                <a href={href.picture(share.id, file.path)} aria-label={s.share.view(shown(file.path))}>
                  <Thumb {...file} />
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {others.length > 0 && (
        <section class="card pad stack" aria-labelledby="other-files">
          <h2 id="other-files">{s.share.others}</h2>
          <ul class="files">
            {others.map(file => (
              <Other key={file.path} share={share} file={file} told={here} />
            ))}
          </ul>
        </section>
      )}
      <div class="end" ref={end}>
        {files.loading && <p class="quiet centred">{s.share.loadingFiles}</p>}
      </div>
      {isMine(share) && <Delivered share={share} />}
      <Details share={share} />
      {path !== undefined && <Viewer share={share} pictures={pictures} path={path} onNear={more} />}
    </Page>
  )
}

function Saving({ share, here }: { share: Share; here: boolean }) {
  if (share.files === 0) return null
  const fetching = underWay.value.some(each => each.share === share.id && each.direction === 'down')
  const attempt = (work: Promise<unknown>) => void work.catch(error => say(wordsFor(error), 'bad'))
  const into = async () => {
    const folder = await saveInto(share)
    if (folder) say(s.share.savingFolder(folder))
  }
  const keep = async () => {
    await api().shares.download(share.id)
    say(s.share.keeping)
  }
  return (
    <div class="actions saving">
      <button type="button" class="button main" onClick={() => attempt(saveAll(share))}>
        <Icon name="download" />
        {s.share.saveAllSize(share.size)}
      </button>
      {canPickFolder && (
        <button type="button" class="button" onClick={() => attempt(into())}>
          {s.share.saveFolder}
        </button>
      )}
      {!here && !fetching && (
        <button type="button" class="button plain" onClick={() => attempt(keep())}>
          {s.share.keep}
        </button>
      )}
    </div>
  )
}

/** `told`: that it is in this browser was said for the whole share. */
function Other({ share, file, told }: { share: Share; file: FileEntry; told: boolean }) {
  const path = shown(file.path)
  const fetched = transferOf(share.id, 'down')?.moved.get(file.path)?.bytes ?? 0
  const have = Math.max(file.have, fetched)
  const where = told ? undefined : have >= file.size ? s.share.here : have > 0 ? s.share.partlyHere(have, file.size) : undefined
  return (
    <li class="row">
      <Icon name="file" />
      <div class="grow">
        <span class="breaks" dir="auto">
          {path}
        </span>
        <br />
        <small>{[bytes(file.size), where].filter(Boolean).join(' · ')}</small>
      </div>
      <button type="button" class="icon-button" aria-label={s.share.downloadFile(path)} title={s.share.download} onClick={() => void saveFile(share, file).catch(error => say(wordsFor(error), 'bad'))}>
        <Icon name="download" />
      </button>
    </li>
  )
}

function Delivered({ share }: { share: Share }) {
  const states = deliveries.value.get(share.id)
  if (!states?.size) return null
  return (
    <section class="card pad stack" aria-labelledby="delivered">
      <h2 id="delivered">{s.delivery.title}</h2>
      <ul class="stack">
        {[...states].map(([contact, state]) => (
          <li key={contact} class="row">
            <Face id={contact} name={nameOf(contact)} avatar={contacts.value.get(contact)?.avatar} />
            <div class="grow">
              <b dir="auto">{nameOf(contact)}</b>
              <br />
              <small>{s.delivery[state]}</small>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Details({ share }: { share: Share }) {
  const removal = () => {
    hideShare(share.id)
    go(href.home)
    sayUndoable(
      s.share.removed(shown(share.title)),
      () => void api().shares.remove(share.id).catch(error => {
        add(share)
        say(wordsFor(error), 'bad')
      }),
      () => add(share),
    )
  }
  return (
    <details class="card pad">
      <summary>{s.common.details}</summary>
      <dl class="stack">
        <Copyable name={s.share.details.id} value={share.id} />
        <Copyable name={s.share.details.root} value={share.root} />
        <Copyable name={s.share.details.author} value={share.author} />
        <Copyable name={s.share.details.created} value={exact(share.created)} copy={false} />
      </dl>
      <div class="actions">
        <button type="button" class="button danger" onClick={removal}>
          {isMine(share) ? s.share.removeMine : s.share.remove}
        </button>
      </div>
    </details>
  )
}
