/** The files of a share: folders, pictures as a gallery, other files as a list, a viewer, and buttons to save them. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FileEntry, Share } from '../contract'
import { wordsFor } from '../errors'
import { displayText, formatBytes, monthOf } from '../format'
import { isViewable, kindOf } from '../media-type'
import { authorsOrder, byMonth, ORDERS, orderFrom } from '../order'
import { href } from '../route'
import { api } from '../state/engine'
import { chooseOrder, type Files, type FolderView, orderOf } from '../state/files'
import { notify } from '../state/notices'
import { SpinneyError } from '../spinney'
import { beginSelection, selectedIn } from '../state/selection'
import { me } from '../state/session'
import { addShare, isFileHidden } from '../state/shares'
import { activeTransfers, failureText, transferOf } from '../state/transfers'
import { s } from '../strings'
import { crumbs, type Folder, nameOf } from '../tree'
import { Icon } from '../ui/icon'
import { Gallery } from '../ui/gallery'
import { SearchField } from '../ui/search-field'
import { FileKind, Thumbnail } from '../ui/thumbnail'
import { useInfiniteScroll } from '../ui/use-infinite-scroll'
import { useSelecting } from '../ui/use-selecting'
import { canPickFolder, saveAll, saveOrSay, saveToFolder } from './save'
import { SelectionBar } from './selection-bar'
import { canBeChanged } from './share-recipients'
import { Viewer } from './viewer'

/** A share with more files than this has a field to search their names. */
const SEARCHED = 20

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
  const shown = files.items.filter(({ path }) => !isFileHidden(share.id, path))
  const pictures = shown.filter(({ type }) => isViewable(type))
  const others = shown.filter(({ type }) => !isViewable(type))
  const readable = others.filter(file => kindOf(file) !== undefined)
  const sentinel = useInfiniteScroll(files.more, !files.complete && !files.loading)
  const isOther = readable.some(file => file.path === path)
  const folder = view && view.folder !== view.start ? view.folder : ''
  const selected = selectedIn(share.id)
  const onSelecting = useSelecting(share.id, folder, () => [...pictures, ...others].map(({ path }) => path))
  return (
    <div class="contents stack" {...onSelecting}>
      {share.files === 0 && !share.note && <p class="quiet">{s.share.noFiles}</p>}
      {share.files > SEARCHED && (view || files.query) && (
        <SearchField label={s.fileSearch.label} value={files.query} onInput={files.search} />
      )}
      {view && <ListHead share={share} view={view} />}
      {view && files.query.trim() !== '' && view.files === 0 && <p class="quiet centred">{s.fileSearch.none(files.query)}</p>}
      {view && view.folders.length > 0 && <Folders share={share} folders={view.folders} />}
      {pictures.length > 0 && (
        <section class="stack tight" aria-label={s.share.pictures}>
          <Pictures share={share} pictures={pictures} selected={selected} />
        </section>
      )}
      {others.length > 0 && (
        <section class="card pad stack" aria-labelledby="other-files">
          <h2 id="other-files">{s.share.others}</h2>
          <ul class="files">
            {others.map(file => (
              <FileRow key={file.path} share={share} file={file} hideLocation={hideLocation} selected={selected} />
            ))}
          </ul>
        </section>
      )}
      <div class="end" ref={sentinel}>
        {files.loading && <p class="quiet centred">{s.share.loadingFiles}</p>}
      </div>
      {selected && (
        <SelectionBar share={share} selected={selected} names={view?.names.filter(each => !isFileHidden(share.id, each.path)) ?? shown} />
      )}
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
      {view.files > 1 && <OrderChoice share={share} />}
      {view.files > 1 && !selectedIn(share.id) && (
        <button type="button" class="button" onClick={() => beginSelection(share.id)}>
          <Icon name="select" />
          {s.selection.begin}
        </button>
      )}
    </div>
  )
}

function OrderChoice({ share }: { share: Share }) {
  const order = orderOf(share)
  const forAll = async () => {
    addShare(await api().shares.setOrder(share.id, authorsOrder(order)))
    notify(s.orderForAll.done)
  }
  return (
    <div class="order">
      <label>
        <span>{s.order.label}</span>
        <select
          class="field"
          value={order}
          onChange={({ currentTarget: { value } }) => chooseOrder(share, ORDERS.find(each => each === value) ?? 'name')}
        >
          {ORDERS.map(each => (
            <option key={each} value={each}>
              {s.order.names[each]}
            </option>
          ))}
        </select>
      </label>
      {canBeChanged(share) && authorsOrder(order) !== authorsOrder(orderFrom(share.order)) && (
        <button
          type="button"
          class="button plain"
          title={s.orderForAll.hint}
          onClick={() => void forAll().catch(error => notify(wordsFor(error), 'bad'))}
        >
          {s.orderForAll.use}
        </button>
      )}
    </div>
  )
}

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

/** The paths selected; null while none are being selected. */
type Selected = ReadonlySet<string> | null

/** Tiles; if they are in the order of their dates, with the months above them. */
function Pictures({ share, pictures, selected }: { share: Share; pictures: readonly FileEntry[]; selected: Selected }) {
  if (authorsOrder(orderOf(share)) !== 'date') return <Gallery share={share.id} pictures={pictures} selected={selected} />
  return (
    <>
      {byMonth(pictures).map(({ month, files }) => (
        <section key={month?.getTime() ?? 'undated'} class="month">
          <h2>{month ? monthOf(month) : s.order.undated}</h2>
          <Gallery share={share.id} pictures={files} selected={selected} />
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

interface RowProps {
  share: Share
  file: FileEntry
  hideLocation: boolean
  selected: Selected
}

function FileRow({ share, file, hideLocation, selected }: RowProps) {
  const path = displayText(file.path)
  const fetched = transferOf(share.id, 'down')?.recentFiles.get(file.path)?.bytes ?? 0
  const have = Math.max(file.have, fetched)
  const where = hideLocation ? undefined : have >= file.size ? s.share.here : have > 0 ? s.share.partlyHere(have, file.size) : undefined
  const name = displayText(nameOf(file.path))
  return (
    <li class="row" data-path={file.path} data-selected={selected?.has(file.path)}>
      {selected ? (
        <span class="tick" aria-hidden="true">
          {selected.has(file.path) && <Icon name="check" />}
        </span>
      ) : (
        <FileKind {...file} />
      )}
      <div class="grow">
        {kindOf(file) ? (
          <a
            class="break-anywhere"
            dir="auto"
            href={href.picture(share.id, file.path)}
            {...(selected && { role: 'checkbox' as const, 'aria-checked': selected.has(file.path), 'aria-label': path })}
          >
            {name}
          </a>
        ) : selected ? (
          // biome-ignore lint/a11y/useSemanticElements: the whole row is pressed, and this is what the keyboard reaches of it
          <button type="button" role="checkbox" aria-checked={selected.has(file.path)} aria-label={path} class="as-text" dir="auto">
            {name}
          </button>
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
