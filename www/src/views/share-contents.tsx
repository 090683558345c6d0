/** The files of a share: folders, pictures as a gallery, other files as a list, a viewer, and buttons to save them. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText, formatBytes, monthOf } from '../format'
import { isViewable, kindOf } from '../media-type'
import { byMonth, ORDERS } from '../order'
import { href } from '../route'
import { api } from '../state/engine'
import { chosenOrder, type Files, type FolderView } from '../state/files'
import { notify } from '../state/notices'
import { SpinneyError } from '../spinney'
import { me } from '../state/session'
import { activeTransfers, failureText, transferOf } from '../state/transfers'
import { s } from '../strings'
import { crumbs, type Folder, nameOf } from '../tree'
import { Icon } from '../ui/icon'
import { Gallery } from '../ui/gallery'
import { iconOf, Thumbnail } from '../ui/thumbnail'
import { useInfiniteScroll } from '../ui/use-infinite-scroll'
import { canPickFolder, saveAll, saveOrSay, saveToFolder } from './save'
import { Viewer } from './viewer'

interface Props {
  share: Share
  files: Files
  /** The file in the viewer. */
  path: string | undefined
  /** Whether a file row leaves out that the file is in this browser, because the page says it of the whole share. */
  hideLocation: boolean
}

export function ShareContents({ share, files, path, hideLocation }: Props) {
  const { view } = files
  const pictures = files.items.filter(({ type }) => isViewable(type))
  const others = files.items.filter(({ type }) => !isViewable(type))
  const readable = others.filter(file => kindOf(file) !== undefined)
  const sentinel = useInfiniteScroll(files.more, !files.complete && !files.loading)
  const isOther = readable.some(file => file.path === path)
  const folder = view && view.folder !== view.start ? view.folder : ''
  return (
    <div class="contents stack">
      {share.files === 0 && <p class="quiet">{s.share.noFiles}</p>}
      {view && <ListHead share={share} view={view} />}
      {view && view.folders.length > 0 && <Folders share={share} folders={view.folders} />}
      {pictures.length > 0 && (
        <section class="stack tight" aria-label={s.share.pictures}>
          <Pictures share={share} pictures={pictures} />
        </section>
      )}
      {others.length > 0 && (
        <section class="card pad stack" aria-labelledby="other-files">
          <h2 id="other-files">{s.share.others}</h2>
          <ul class="files">
            {others.map(file => (
              <FileRow key={file.path} share={share} file={file} hideLocation={hideLocation} />
            ))}
          </ul>
        </section>
      )}
      <div class="end" ref={sentinel}>
        {files.loading && (
          <p class="quiet centred">{chosenOrder.value === 'name' || files.items.length > 0 ? s.share.loadingFiles : s.order.sorting}</p>
        )}
      </div>
      {path !== undefined && (
        <Viewer
          share={share}
          back={href.shared(share.id, folder)}
          files={isOther ? readable : pictures}
          total={isOther ? readable.length : (view?.pictures ?? pictures.length)}
          path={path}
          onNear={files.more}
        />
      )}
    </div>
  )
}

/** Where in the share one is, and the order of what is listed. */
function ListHead({ share, view }: { share: Share; view: FolderView }) {
  const way = crumbs(view.folder, view.start)
  if (way.length === 0 && view.files < 2) return null
  return (
    <div class="list-head">
      {way.length > 0 && (
        <nav class="crumbs grow" aria-label={s.order.crumbs}>
          <ol>
            <li>
              <a href={href.shared(share.id)}>{s.order.whole}</a>
            </li>
            {way.map(({ path, name }, i) => (
              <li key={path}>
                {i === way.length - 1 ? (
                  <b aria-current="page" dir="auto">
                    {displayText(name)}
                  </b>
                ) : (
                  <a href={href.shared(share.id, path)} dir="auto">
                    {displayText(name)}
                  </a>
                )}
              </li>
            ))}
          </ol>
        </nav>
      )}
      {view.files > 1 && <OrderChoice />}
    </div>
  )
}

const OrderChoice = () => (
  <label class="order">
    <span>{s.order.label}</span>
    <select
      class="field"
      value={chosenOrder.value}
      onChange={({ currentTarget: { value } }) => (chosenOrder.value = ORDERS.find(each => each === value) ?? 'name')}
    >
      {ORDERS.map(each => (
        <option key={each} value={each}>
          {s.order.names[each]}
        </option>
      ))}
    </select>
  </label>
)

/** Covers are asked for at once; more folders than this have an icon. */
const COVERS = 60

function Folders({ share, folders }: { share: Share; folders: readonly Folder[] }) {
  const covers = useSignal<ReadonlyMap<string, FileEntry>>(new Map())
  const firsts = folders.slice(0, COVERS).map(({ first }) => first)
  useEffect(() => {
    let current = true
    const show = (files: readonly FileEntry[]) => {
      if (current) covers.value = new Map(files.map(file => [file.path, file]))
    }
    // Without them, each folder has its icon.
    api()
      .shares.files(share.id, { paths: firsts })
      .then(show, () => {})
    return () => {
      current = false
    }
  }, [share.root, firsts.join('\n')])
  return (
    <section aria-label={s.order.folders}>
      <ul class="folders">
        {folders.map(({ path, name, files, first }) => {
          const cover = covers.value.get(first)
          return (
            <li key={path}>
              <a class="card row" href={href.shared(share.id, path)} aria-label={s.order.folder(displayText(name), files)}>
                <span class="cover">{cover?.preview ? <Thumbnail {...cover} /> : <Icon name="folder" />}</span>
                <span class="grow">
                  <b class="break-anywhere" dir="auto">
                    {displayText(name)}
                  </b>
                  <small>{s.order.files(files)}</small>
                </span>
              </a>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Tiles; if they are in the order of their dates, with the months above them. */
function Pictures({ share, pictures }: { share: Share; pictures: readonly FileEntry[] }) {
  if (chosenOrder.value !== 'oldest' && chosenOrder.value !== 'newest') return <Gallery share={share.id} pictures={pictures} />
  return (
    <>
      {byMonth(pictures).map(({ month, files }) => (
        <section key={month?.getTime() ?? 'undated'} class="month">
          <h2>{month ? monthOf(month) : s.order.undated}</h2>
          <Gallery share={share.id} pictures={files} />
        </section>
      ))}
    </>
  )
}

export function SaveActions({ share, here }: { share: Share; here: boolean }) {
  if (share.files === 0) return null
  const fetching = activeTransfers.value.some(each => each.share === share.id && each.direction === 'down')
  const attempt = (work: Promise<unknown>) => void work.catch(error => notify(wordsFor(error), 'bad'))
  const into = async () => {
    try {
      const folder = await saveToFolder(share)
      if (folder) notify(s.share.savingFolder(folder))
    } catch (error) {
      if (!(error instanceof SpinneyError)) throw error
      notify(s.share.savingFailed(failureText(error, true)), 'bad')
    }
  }
  const keep = async () => {
    await api().shares.download(share.id)
    notify(s.share.keeping)
  }
  return (
    <div class="actions saving">
      <button type="button" class="button main" onClick={() => attempt(saveAll(share))}>
        <Icon name="download" />
        {s.share.saveAllSize(share.size)}
      </button>
      {/* Both start transfers, which belong to a profile. */}
      {canPickFolder && me.value && (
        <button type="button" class="button" onClick={() => attempt(into())}>
          {s.share.saveFolder}
        </button>
      )}
      {!here && !fetching && me.value && (
        <button type="button" class="button plain" onClick={() => attempt(keep())}>
          {s.share.keep}
        </button>
      )}
    </div>
  )
}

function FileRow({ share, file, hideLocation }: { share: Share; file: FileEntry; hideLocation: boolean }) {
  const path = displayText(file.path)
  const fetched = transferOf(share.id, 'down')?.recentFiles.get(file.path)?.bytes ?? 0
  const have = Math.max(file.have, fetched)
  const where = hideLocation ? undefined : have >= file.size ? s.share.here : have > 0 ? s.share.partlyHere(have, file.size) : undefined
  const name = displayText(nameOf(file.path))
  return (
    <li class="row">
      <Icon name={iconOf(file)} />
      <div class="grow">
        {kindOf(file) ? (
          <a class="break-anywhere" dir="auto" href={href.picture(share.id, file.path)}>
            {name}
          </a>
        ) : (
          <span class="break-anywhere" dir="auto">
            {name}
          </span>
        )}
        <br />
        <small>{[formatBytes(file.size), where].filter(Boolean).join(' · ')}</small>
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={s.share.downloadFile(path)}
        title={s.share.download}
        onClick={() => saveOrSay(share, file)}
      >
        <Icon name="download" />
      </button>
    </li>
  )
}
